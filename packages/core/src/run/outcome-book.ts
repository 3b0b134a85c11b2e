import { closeWindow, isOver, NO_ENTRY, type OutcomeEntry, withCounts } from '../decide/outcomes.ts';
import { readOutcomes } from '../decide/read-outcomes.ts';
import type { JsonText } from '../domain/json.ts';
import type { Labourer } from '../domain/labourer.ts';
import { DAY, type EpochMs, type Millis, SECOND } from '../domain/time.ts';
import type { Change, Entry, Register } from '../ports/register.ts';
import type { TaskReader } from '../ports/task-reader.ts';
import type { Events } from './events.ts';
import { inTime } from './in-time.ts';
import { LimitTold } from './limit-told.ts';
import { oneEach } from './one-each.ts';
import { OutcomeTally, type Taken } from './outcome-tally.ts';
import { hasWritten, type SharedEntryParts } from './shared-entry.ts';

export interface OutcomeBookParts extends Omit<SharedEntryParts, 'register'> {
  readonly labourers: readonly Labourer[];
  /** Without one nothing is kept, and nothing counted. */
  readonly register: Register | undefined;
  readonly reader: Pick<TaskReader, 'census'>;
  readonly events: Events;
}

/** What all processes know of a labourer's attempts, as far as this one has heard. */
export interface KnownOutcomes {
  readonly entry: OutcomeEntry;
  /** On the store's clock. */
  readonly now: EpochMs;
}

/** Of labourers whose cap does not follow their attempts. */
const WINDOW: Millis = 5 * SECOND;
/** What nobody has added to for so long says nothing any more. */
const KEEP: Millis = 7 * DAY;
/** Others came in between so often: what was counted waits for the next time. */
const MOST_TRIES = 8;

/** Whether what this labourer's attempts come to is asked for. */
export const isCounted = ({ health }: Labourer): boolean =>
  health.adaptive !== undefined || health.breaker !== undefined || (health.metrics ?? []).some(({ source }) => source === 'outcomes');

interface Turn {
  readonly labourer: Labourer;
  readonly taken: Taken | undefined;
}

/**
 * What the attempts of labourers come to, over all processes. Each counts what it learns, and adds it once in a window to the entry of the
 * labourer by comparing and setting. Whoever finds the window over closes it, and works out what follows, purely and so once: of two who
 * do so side by side the second finds it closed, and adds what it has counted to the next.
 *
 * There is no timer. A look at health makes a turn that is due, and so does an attempt that is counted.
 */
export class OutcomeBook {
  readonly #parts: OutcomeBookParts;
  readonly #labourers: ReadonlyMap<string, Labourer>;
  readonly #tally: OutcomeTally | undefined;
  readonly #told: LimitTold;
  readonly #entries = new Map<string, { readonly entry: OutcomeEntry; readonly stamp: string | null }>();
  readonly #every: Millis;
  /** What the store's clock is ahead of this process's, as last heard. */
  #ahead: Millis = 0;
  #due: EpochMs = 0;
  #turning: Promise<void> | undefined;

  constructor(parts: OutcomeBookParts) {
    const counted = parts.register ? parts.labourers.filter(isCounted) : [];
    this.#parts = parts;
    this.#labourers = new Map(counted.map((each) => [each.id, each]));
    this.#every = Math.min(WINDOW, ...counted.map(windowOf));
    this.#told = new LimitTold(parts.events);
    if (counted.length > 0) this.#tally = new OutcomeTally([...this.#labourers.keys()], parts, () => this.#counted());
  }

  /** What was heard last. `undefined`: nothing was yet. */
  of(labourer: string): KnownOutcomes | undefined {
    const known = this.#entries.get(labourer);
    return known && { entry: known.entry, now: this.#parts.clock.now() + this.#ahead };
  }

  /**
   * Adds what was counted and hears what others have, if that is due; any number of callers make one turn.
   * @throws what the register throws: then it is tried again by whoever calls after a while, and what was heard before holds
   */
  async refresh(): Promise<void> {
    if (this.#turning) return this.#turning;
    const now = this.#parts.clock.now();
    if (!this.#isDue(now)) return;
    // Processes that started together drift apart, so that they do not meet at one entry.
    this.#due = now + this.#every * (0.8 + 0.4 * this.#parts.chance.random());
    this.#turning = this.#turn().finally(() => {
      this.#turning = undefined;
    });
    return this.#turning;
  }

  /** A clock that was set back makes it due as well. */
  #isDue(now: EpochMs): boolean {
    return this.#labourers.size > 0 && (now >= this.#due || this.#due - now > 2 * this.#every);
  }

  #counted(): void {
    if (this.#turning || !this.#isDue(this.#parts.clock.now())) return;
    this.refresh().catch((error: unknown) => this.#parts.events.emit('store.failed', { error }));
  }

  async #turn(): Promise<void> {
    const { clock } = this.#parts;
    const taken = this.#tally?.take(clock.now()) ?? new Map<string, Taken>();
    const register = this.#parts.register;
    if (!register) return;
    let at: EpochMs;
    try {
      at = await this.#look(register);
    } catch (error) {
      for (const [id, each] of taken) this.#tally?.giveBack(id, each, clock.now());
      throw error;
    }
    let open: readonly Turn[] = [...this.#labourers.values()].map((labourer) => ({ labourer, taken: taken.get(labourer.id) }));
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      open = open.filter((each) => this.#hasToWrite(each, at));
      if (open.length === 0) break;
      ({ open, at } = await this.#write(register, open, at));
    }
    for (const { labourer, taken: some } of open) if (some) this.#tally?.giveBack(labourer.id, some, clock.now());
    for (const labourer of this.#labourers.values()) this.#told.tell(labourer, this.#entryOf(labourer), at);
  }

  /** Nothing is written where nothing has happened: neither was anything counted here, nor is there a window to close. */
  #hasToWrite({ labourer, taken }: Turn, at: EpochMs): boolean {
    return taken !== undefined || isOver(this.#entryOf(labourer), windowOf(labourer), at);
  }

  async #look(register: Register): Promise<EpochMs> {
    const { clock } = this.#parts;
    const names = [...this.#labourers.keys()];
    const { entries, at } = await inTime(clock, 'look', () => register.look(names.map(nameOf)));
    for (const [n, id] of names.entries()) this.#hear(id, entries[n]);
    this.#ahead = at - clock.now();
    return at;
  }

  /**
   * Between looking and writing others may add or close: then this change is stale, its answer says what lies there, and it is worked out anew
   * from that. If the answer is lost, what was counted may have been added: it is not added again, since a window that is counted twice is
   * worse than one that is missing.
   * @returns those in whose way others came
   */
  async #write(register: Register, turns: readonly Turn[], at: EpochMs): Promise<{ open: readonly Turn[]; at: EpochMs }> {
    const { clock } = this.#parts;
    const running = await this.#running(turns, at);
    const made = turns.map(({ labourer, taken }) => {
      const before = this.#entryOf(labourer);
      const counted = taken ? withCounts(before, taken.counts, taken.counted, at) : before;
      const isClosing = isOver(counted, windowOf(labourer), at);
      const entry = isClosing ? closeWindow(labourer, counted, running.get(labourer.id), at) : counted;
      return { entry, change: this.#changeTo(labourer.id, entry) };
    });
    const wrote = await inTime(clock, 'change', () => register.change(made.map(({ change }) => change)));
    const outcomes = oneEach('change', made.length, wrote.outcomes);
    const open = turns.filter(({ labourer }, n) => {
      const outcome = outcomes[n];
      const { entry, change } = made[n] as (typeof made)[number];
      const isWritten = outcome !== undefined && hasWritten(outcome, change);
      if (isWritten) this.#entries.set(labourer.id, { entry, stamp: change.stamp });
      else this.#hear(labourer.id, outcome?.kind === 'stale' ? outcome.entry : undefined);
      return !isWritten;
    });
    return { open, at: wrote.at };
  }

  /** How many run of those whose window may be closed now. That nobody can tell is no reason not to close it. */
  async #running(turns: readonly Turn[], at: EpochMs): Promise<ReadonlyMap<string, number>> {
    const { reader, clock, events } = this.#parts;
    const closing = turns
      .filter(({ labourer, taken }) => {
        const entry = this.#entryOf(labourer);
        return isOver(taken ? withCounts(entry, taken.counts, taken.counted, at) : entry, windowOf(labourer), at);
      })
      .map(({ labourer }) => labourer.id);
    if (closing.length === 0) return new Map();
    try {
      const counts = await inTime(clock, 'census', () => reader.census(closing));
      return new Map(closing.map((id, n) => [id, counts[n]?.running ?? 0]));
    } catch (error) {
      events.emit('store.failed', { error });
      return new Map();
    }
  }

  #changeTo(id: string, entry: OutcomeEntry): Change {
    const expected = this.#entries.get(id)?.stamp ?? null;
    return { name: nameOf(id), value: JSON.stringify(entry) as JsonText, stamp: this.#parts.chance.id(), expected, keep: KEEP };
  }

  #entryOf({ id }: Labourer): OutcomeEntry {
    return this.#entries.get(id)?.entry ?? NO_ENTRY;
  }

  #hear(id: string, entry: Entry | undefined): void {
    this.#entries.set(id, { entry: contentOf(entry), stamp: entry?.stamp ?? null });
  }
}

const windowOf = ({ health }: Labourer): Millis => health.adaptive?.window ?? WINDOW;

const nameOf = (labourer: string): string => `ecology:${labourer}`;

const contentOf = (entry: Entry | undefined): OutcomeEntry => {
  if (!entry) return NO_ENTRY;
  try {
    return readOutcomes(JSON.parse(entry.value));
  } catch {
    return NO_ENTRY; // no JSON: nobody of ours wrote it
  }
};
