import { afterFailure } from '../decide/after-failure.ts';
import type { Labourer, Retention } from '../domain/labourer.ts';
import { type ExpiryVerdict, type Lease, refOf } from '../domain/task.ts';
import { MINUTE, type Millis, SECOND } from '../domain/time.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskStore } from '../ports/task-store.ts';
import { Doorbell } from './doorbell.ts';
import { Events, taskOf } from './events.ts';
import type { Followed, Follower } from './follower.ts';
import { inTime } from './in-time.ts';
import { oneEach } from './one-each.ts';
import { pauseAfter } from './persist.ts';
import { announcer } from './verdict-box.ts';

export interface ScavengerParts {
  readonly labourers: readonly Labourer[];
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly events?: Events;
  readonly doorbell?: Doorbell;
  /** Absent: what follows tasks is done by others. */
  readonly follower?: Pick<Follower, 'round'> | undefined;
  /** Expired leases that are dealt with in one call to the store. Default 100. */
  readonly page?: number;
  /** Pages of one sweep: what is beyond waits for the next. Default 20. */
  readonly mostPages?: number;
}

export interface SweepReport {
  readonly expired: number;
  readonly retried: number;
  readonly dead: number;
  /** Ended as their cancellation was asked for. */
  readonly cancelled: number;
  /** Renewed, settled or reaped by another meanwhile. */
  readonly stale: number;
  /** Ends whose following was done: what was to be enqueued is. */
  readonly followed: number;
  /** What the store did for its own house, by its own words. */
  readonly maintained: Readonly<Record<string, number>>;
  /** There is more to do: sweep again soon. */
  readonly more: boolean;
  /** What went wrong; the parts are independent of each other. */
  readonly errors: readonly unknown[];
}

export interface ScavengerRunOptions {
  readonly signal: AbortSignal;
  /** Between sweeps. Default 5 s. */
  readonly every?: Millis;
  /** How long a stop waits for the sweep that is under way. Default 5 s. */
  readonly grace?: Millis;
}

type Tally = Record<'expired' | 'retried' | 'dead' | 'cancelled' | 'stale', number>;

/** Takes care of attempts that nobody reported on, and lets the store keep its own house. Any number may run at once. */
export class Scavenger {
  readonly #parts: Required<Omit<ScavengerParts, 'follower'>> & Pick<ScavengerParts, 'follower'>;
  readonly #byId: ReadonlyMap<string, Labourer>;
  readonly #retention: ReadonlyMap<string, Retention>;
  readonly #announce: ReturnType<typeof announcer>;

  constructor(parts: ScavengerParts) {
    const { events = new Events(), doorbell = new Doorbell(), page = 100, mostPages = 20 } = parts;
    this.#parts = { ...parts, events, doorbell, page, mostPages };
    this.#byId = new Map(parts.labourers.map((each) => [each.id, each]));
    this.#retention = new Map(parts.labourers.flatMap(({ id, keep }) => (keep ? [[id, keep]] : [])));
    this.#announce = announcer(events, doorbell);
  }

  /** One bounded round. Never throws: what failed is in the report. */
  async sweep(): Promise<SweepReport> {
    return this.#sweep();
  }

  async #sweep(signal?: AbortSignal): Promise<SweepReport> {
    const { store, clock, events, follower, mostPages } = this.#parts;
    const names = [...this.#byId.keys()];
    const tally = { expired: 0, retried: 0, dead: 0, cancelled: 0, stale: 0 };
    const errors: unknown[] = [];
    let more = true;
    try {
      for (let page = 0; more && page < mostPages; page += 1) more = await this.#reapPage(names, tally, signal);
    } catch (error) {
      errors.push(error);
    }
    const failed = <Answer>(error: unknown, answer: Answer): Answer => {
      errors.push(error);
      return answer;
    };
    const none: Followed = { ends: 0, more: false };
    const followed = (await follower?.round(signal).catch((error: unknown) => failed(error, { ...none, more: true }))) ?? none;
    const maintenance = await inTime(clock, 'maintain', () => store.maintain(names, this.#retention), signal).catch((error: unknown) =>
      failed(error, { done: {}, more: true }),
    );
    const report = {
      ...tally,
      followed: followed.ends,
      maintained: maintenance.done,
      more: more || followed.more || maintenance.more,
      errors,
    };
    events.emit('sweep', report);
    return report;
  }

  /** Sweeps until the signal aborts. */
  async run({ signal, every = 5 * SECOND, grace = 5 * SECOND }: ScavengerRunOptions): Promise<void> {
    const { clock } = this.#parts;
    const ended = new AbortController();
    const patienceOver = new Promise<void>((resolve) => {
      const onAbort = (): void => void clock.sleep(grace, ended.signal).then(resolve);
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true, signal: ended.signal });
    });
    try {
      await Promise.race([this.#sweepAgainAndAgain(signal, every, ended.signal), patienceOver]);
    } finally {
      ended.abort();
    }
  }

  async #sweepAgainAndAgain(signal: AbortSignal, every: Millis, patienceOver: AbortSignal): Promise<void> {
    const { clock, chance } = this.#parts;
    for (let failures = 0; !signal.aborted; ) {
      const { more, errors } = await this.#sweep(patienceOver);
      failures = errors.length > 0 ? failures + 1 : 0;
      const pause = failures > 0 ? Math.min(MINUTE, every + pauseAfter(failures, chance.random())) : more ? SECOND / 10 : every;
      await clock.sleep(pause * (0.75 + chance.random() / 2), signal);
    }
  }

  /** @returns whether there may be more */
  async #reapPage(names: readonly string[], tally: Tally, signal: AbortSignal | undefined): Promise<boolean> {
    const { store, clock, chance, page } = this.#parts;
    const leases = await inTime(clock, 'expired', () => store.expired(names, page), signal);
    const verdicts = leases.flatMap((lease) => this.#fateOf(lease, chance.random()));
    if (verdicts.length === 0) return false;
    // Between reading and reaping the worker may report or renew: the store applies a verdict only while the lease is
    // still expired and its token current, so the worker's word wins.
    const outcomes = oneEach('reap', verdicts.length, await inTime(clock, 'reap', () => store.reap(verdicts), signal));
    verdicts.forEach((verdict, n) => {
      const outcome = outcomes[n];
      tally.expired += 1;
      if (outcome !== 'applied' && outcome !== 'cancelled') {
        tally.stale += 1;
        return;
      }
      if (outcome === 'cancelled') tally.cancelled += 1;
      else {
        tally[verdict.kind === 'retry' ? 'retried' : 'dead'] += 1;
        this.#parts.events.emit('attempt.expired', taskOf(verdict));
      }
      this.#announce(verdict, outcome);
    });
    return leases.length === page && outcomes.some((each) => each === 'applied' || each === 'cancelled');
  }

  #fateOf(lease: Lease, random: number): readonly ExpiryVerdict[] {
    const labourer = this.#byId.get(lease.labourer);
    if (!labourer) return []; // not asked for
    const { events } = this.#parts;
    const error = `LeaseExpired: attempt ${lease.attempt} was not reported on within its lease of ${lease.deadline - lease.claimedAt} ms`;
    const amiss = (problem: unknown): void => events.emit('retry.failed', { ...taskOf(lease), error: problem });
    return [{ ...refOf(lease), ...afterFailure(labourer, { attempt: lease.attempt, error }, random, amiss) }];
  }
}
