import { type EpochMs, type Millis, SECOND } from '../../domain/time.ts';
import type { Chance } from '../../ports/chance.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Events } from '../events.ts';
import { pauseAfter } from '../persist.ts';
import { Rest } from '../rest.ts';
import type { CodeSchedules } from './code-schedules.ts';
import type { Firer } from './firer.ts';
import type { Instant, Page, ScheduleBook } from './schedule-book.ts';
import type { ScheduleIndex } from './schedule-index.ts';
import { ScheduleTurn } from './schedule-turn.ts';
import type { Told } from './told.ts';

export interface ScheduleRoundsParts {
  readonly book: ScheduleBook;
  readonly index: ScheduleIndex;
  readonly code: CodeSchedules;
  readonly firer: Firer;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly events: Events;
}

export interface ServeOptions {
  readonly told: Told;
  /** On this process's clock: it ends then. */
  readonly until?: EpochMs | undefined;
  /** It ends when this aborts. With neither, when nothing is due any more. */
  readonly signal?: AbortSignal;
}

export interface Served {
  readonly nextDueIn?: Millis;
  readonly errors: readonly unknown[];
}

/** So often all are looked at, for what other processes changed. Those that are due are looked at before they fire. */
const LOOK_EVERY: Millis = 30 * SECOND;
/** Schedules that fire at once in one process: the others wait for their turn. */
const MOST_AT_ONCE = 16;

/** It looks once, and does what was due then. */
const isOnce = ({ until, signal }: ServeOptions): boolean => until === undefined && signal === undefined;

/** What one serving knows. */
interface Serving {
  readonly options: ServeOptions;
  readonly turn: ScheduleTurn;
  readonly rest: Rest;
  /** When each is to be looked at, on this process's clock. */
  readonly wakes: Map<string, EpochMs>;
  readonly busy: Map<string, Promise<void>>;
  lookAt: EpochMs;
}

/** The rounds of a process: it looks at its schedules when they are due, and gives each its turn; none waits for another. */
export class ScheduleRounds {
  readonly #parts: ScheduleRoundsParts;
  readonly #servings = new Set<Serving>();

  constructor(parts: ScheduleRoundsParts) {
    this.#parts = parts;
  }

  /** Something was changed in this process: all are looked at anew. */
  changed(): void {
    for (const each of this.#servings) {
      each.lookAt = Number.NEGATIVE_INFINITY;
      each.rest.end();
    }
  }

  async serve(options: ServeOptions): Promise<Served> {
    const { clock } = this.#parts;
    const { until, signal, told } = options;
    const rest = new Rest(clock);
    const turn = new ScheduleTurn({ ...this.#parts, told, until, signal });
    const serving: Serving = { options, turn, rest, wakes: new Map(), busy: new Map(), lookAt: Number.NEGATIVE_INFINITY };
    this.#servings.add(serving);
    const stop = (): void => rest.stop();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return await this.#goRound(serving);
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#servings.delete(serving);
    }
  }

  async #goRound(serving: Serving): Promise<Served> {
    const { clock, chance, events } = this.#parts;
    const { rest, busy, wakes } = serving;
    const { signal, until } = serving.options;
    const errors: unknown[] = [];
    // What falls due at `until` itself is left to the next.
    const horizon = until === undefined ? (signal ? Number.POSITIVE_INFINITY : clock.now()) : until - 1;
    for (let failures = 0; !signal?.aborted; ) {
      try {
        await this.#round(serving);
        failures = 0;
      } catch (error) {
        if (signal?.aborted) break;
        events.emit('store.failed', { error });
        serving.lookAt = Number.NEGATIVE_INFINITY;
        failures += 1;
        // Who is called at intervals asks again at the next.
        if (!signal) {
          errors.push(error);
          break;
        }
      }
      if (signal?.aborted) break;
      const now = clock.now();
      const next = this.#nextOf(serving);
      if (busy.size === 0 && next > horizon) break;
      const pauseUntil = failures > 0 ? now + pauseAfter(failures, chance.random()) : Number.NEGATIVE_INFINITY;
      const wakeAt = Math.min(Math.max(pauseUntil, Math.min(next, serving.lookAt)), until ?? Number.POSITIVE_INFINITY);
      // Between this and the rest nobody else comes in: a turn that is over by now was seen to be.
      if (wakeAt > now) await rest.until(wakeAt, failures > 0 ? 'deaf' : 'hears');
      // A job that stopped in time is due again at once, and not here.
      if (until !== undefined && clock.now() >= until) break;
    }
    await Promise.all(busy.values());
    const next = Math.min(...wakes.values());
    return { ...(next < Number.POSITIVE_INFINITY && { nextDueIn: Math.max(0, next - clock.now()) }), errors };
  }

  /** When the next that has no turn now is to be looked at. */
  #nextOf({ wakes, busy }: Serving): EpochMs {
    if (busy.size >= MOST_AT_ONCE) return Number.POSITIVE_INFINITY;
    return Math.min(Number.POSITIVE_INFINITY, ...[...wakes].filter(([name]) => !busy.has(name)).map(([, at]) => at));
  }

  async #round(serving: Serving): Promise<void> {
    const { clock, chance, book, code, index } = this.#parts;
    const { options, wakes, busy } = serving;
    const { signal, told } = options;
    if (serving.lookAt <= clock.now()) {
      // Before it is looked: what is changed from now on is looked at again.
      serving.lookAt = isOnce(options) ? Number.POSITIVE_INFINITY : clock.now() + LOOK_EVERY;
      const names = [...new Set([...code.names, ...(await index.names(signal))])];
      const looked = await book.look(names, signal);
      const pages = await code.register(looked, told);
      wakes.clear();
      this.#give(serving, pages, looked.at);
      return;
    }
    const now = clock.now();
    const due = [...wakes].filter(([name, at]) => at <= now && !busy.has(name)).map(([name]) => name);
    const room = MOST_AT_ONCE - busy.size;
    if (due.length === 0 || room <= 0) return;
    // Each process begins somewhere else: where many are due at once, one finds done what another has done.
    const from = Math.floor(chance.random() * due.length);
    const some = [...due.slice(from), ...due.slice(0, from)].slice(0, room);
    const { pages, at } = await book.look(some, signal);
    this.#give(serving, pages, at);
  }

  #give(serving: Serving, pages: readonly Page[], at: Instant): void {
    const { turn, wakes, busy, options } = serving;
    for (const page of pages) {
      const { name } = page;
      if (busy.has(name)) continue;
      const restsUntil = this.#restOf(serving, page, at);
      if (restsUntil) {
        if (restsUntil.until === undefined) wakes.delete(name);
        else wakes.set(name, restsUntil.until);
        continue;
      }
      // Due, whenever there is room for it.
      wakes.set(name, Number.NEGATIVE_INFINITY);
      if (busy.size >= MOST_AT_ONCE) continue;
      const served = turn.serve(page, at).then(
        (until) => (until === undefined ? wakes.delete(name) : wakes.set(name, until)),
        (error: unknown) => {
          options.told.failed({ schedule: name, error });
          wakes.set(name, this.#parts.clock.now() + pauseAfter(7, this.#parts.chance.random()));
        },
      );
      busy.set(
        name,
        served.then(() => {
          busy.delete(name);
          serving.rest.end();
        }),
      );
    }
  }

  #restOf({ turn, options }: Serving, page: Page, at: Instant): { readonly until: EpochMs | undefined } | undefined {
    try {
      return turn.restOf({ page, at });
    } catch (error) {
      options.told.failed({ schedule: page.name, error });
      return { until: undefined };
    }
  }
}
