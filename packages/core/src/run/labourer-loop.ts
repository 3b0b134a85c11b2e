import { type Labourer, leaseLength } from '../domain/labourer.ts';
import { type Lease, type Outcome, refOf, type Verdict } from '../domain/task.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExchangeAnswer, TaskStore } from '../ports/task-store.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Events } from './events.ts';
import type { Holds } from './holds.ts';
import { inTime } from './in-time.ts';
import { oneEach } from './one-each.ts';
import { pauseAfter } from './persist.ts';
import { Rest } from './rest.ts';
import { type announcer, isTooLong, type VerdictBox } from './verdict-box.ts';

export interface LabourerLoopParts {
  readonly labourer: Labourer;
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly events: Events;
  readonly dispatcher: Dispatcher;
  readonly holds: Holds;
  readonly parallelism: number;
  readonly mostPerClaim: number;
  /** Most leases that are held here at once. */
  readonly mostHeld: number;
  readonly announce: ReturnType<typeof announcer>;
  /** For verdicts that have to be given apart from others. */
  readonly verdicts: VerdictBox;
}

interface Claimed {
  readonly lease: Lease;
  /** An instant before it was asked for. */
  readonly since: EpochMs;
}

/**
 * Serves one labourer for as long as the daemon runs. Finished attempts and the claim of the next go to the store in
 * one exchange, so that a place passes on the moment it is free.
 *
 * JavaScript runs between two awaits undisturbed, so the fields below change only where this file changes them. The one
 * thing that happens *during* an await is a ring: it may say "there is work" while an older claim is about to answer
 * "there is none". `#rung` remembers it, so the older answer does not drown it.
 */
export class LabourerLoop {
  readonly #parts: LabourerLoopParts;
  readonly #rest: Rest;
  /** Claimed, and waiting for a free lane of the invoker. */
  #claimed: Claimed[] = [];
  #invoking = 0;
  /** Verdicts that the store has not answered yet. They are fenced: giving one twice does no harm. */
  #verdicts: Verdict[] = [];
  #cap = 0;
  #mayHaveDue = true;
  #rung = false;
  #nextDue: EpochMs = Number.POSITIVE_INFINITY;
  #failures = 0;
  #stopping = false;
  readonly #abandoned: AbortController = new AbortController();

  constructor(parts: LabourerLoopParts) {
    this.#parts = parts;
    this.#rest = new Rest(parts.clock);
  }

  /** True while it waits to hear of work: the daemon's poll asks the store on behalf of all such loops at once. */
  get waitsForWork(): boolean {
    return !this.#mayHaveDue && !this.#stopping;
  }

  resize(cap: number): void {
    if (cap > this.#cap) this.ring();
    this.#cap = cap;
  }

  /** Something may be due, or a place may be free. */
  ring(): void {
    this.#rung = true;
    this.#mayHaveDue = true;
    this.#rest.end();
  }

  /** Claims no more; `run` ends when what is under way has ended. */
  stop(): void {
    this.#stopping = true;
    this.#releaseClaimed();
    this.#rest.stop();
  }

  /** What is still under way is left to its lease. */
  abandon(): void {
    this.#abandoned.abort();
    this.#rest.stop();
  }

  async run(): Promise<void> {
    while (!this.#abandoned.signal.aborted && !(this.#stopping && this.#idle())) {
      if (this.#verdicts.length === 0 && this.#room() === 0) await this.#rest.until(this.#nextReason());
      else await this.#exchange();
    }
  }

  async #exchange(): Promise<void> {
    // Attempts that end in this turn of the event loop go along.
    await new Promise<void>((resolve) => setImmediate(resolve));
    const verdicts = this.#verdicts;
    this.#verdicts = [];
    const room = this.#room();
    this.#rung = false;
    const since = this.#parts.clock.now();
    try {
      this.#take(verdicts, room, since, await this.#ask(verdicts, room));
      this.#failures = 0;
    } catch (error) {
      if (this.#abandoned.signal.aborted) return;
      if (isTooLong(error) && verdicts.length > 0) {
        await this.#settleApart(verdicts);
        return;
      }
      this.#verdicts = [...verdicts, ...this.#verdicts];
      this.#failures += 1;
      this.#parts.events.emit('labourer.failed', { labourer: this.#parts.labourer.id, error });
      await this.#rest.until(this.#parts.clock.now() + pauseAfter(this.#failures, this.#parts.chance.random()), 'deaf');
    }
  }

  async #ask(verdicts: readonly Verdict[], room: number): Promise<ExchangeAnswer> {
    const { store, labourer, chance } = this.#parts;
    if (room === 0) {
      const outcomes = verdicts.length === 0 ? [] : await this.#inTime('settle', () => store.settle(verdicts));
      return { outcomes, leases: [] };
    }
    const request = { labourer: labourer.id, token: chance.id(), cap: this.#cap, limit: room, lease: leaseLength(labourer) };
    if (verdicts.length > 0) return this.#inTime('exchange', () => store.exchange(verdicts, request));
    return { outcomes: [], ...(await this.#inTime('claim', () => store.claim(request))) };
  }

  #inTime<T>(verb: string, call: () => Promise<T>): Promise<T> {
    return inTime(this.#parts.clock, verb, call, this.#abandoned.signal);
  }

  /** One of them is more than the store can keep. It must not hold up the others, nor the claims. */
  async #settleApart(verdicts: readonly Verdict[]): Promise<void> {
    const { labourer, events } = this.#parts;
    const giveOne = async (verdict: Verdict): Promise<void> => {
      try {
        await this.#parts.verdicts.settleOrBury(verdict);
      } catch (error) {
        events.emit('labourer.failed', { labourer: labourer.id, error });
        if (!isTooLong(error)) this.#verdicts.push(verdict); // and else there is nothing more to try: left to its lease
      }
    };
    await Promise.all(verdicts.map(giveOne));
  }

  #take(verdicts: readonly Verdict[], room: number, since: EpochMs, answer: ExchangeAnswer): void {
    const { clock, events, announce } = this.#parts;
    const { leases, aside = [], nextDueIn } = answer;
    const outcomes = oneEach('settle', verdicts.length, answer.outcomes);
    const now = clock.now();
    if (room > 0) {
      this.#mayHaveDue = leases.length === room || this.#rung;
      // Due now and yet not taken: others hold the places under the cap. None of theirs rings here when it frees, and asking
      // again at once would be asking without a pause, so the poll looks again.
      const heldElsewhere = nextDueIn === 0 && leases.length < room;
      this.#nextDue = nextDueIn === undefined || heldElsewhere ? Number.POSITIVE_INFINITY : now + nextDueIn;
    }
    verdicts.forEach((verdict, n) => {
      announce(verdict, outcomes[n] as Outcome);
      if (verdict.kind === 'retry') this.#dueIn(now, verdict.after);
      if (verdict.kind === 'released') this.#dueIn(now, verdict.after ?? 0);
    });
    for (const each of aside) events.emit('task.aside', each);
    this.#claimed.push(...leases.map((lease) => ({ lease, since })));
    if (this.#stopping) this.#releaseClaimed();
    this.#pump();
  }

  #dueIn(now: EpochMs, after: Millis): void {
    this.#nextDue = Math.min(this.#nextDue, now + after);
  }

  /** How many leases may be claimed now. What this process has under way holds its places in the store. */
  #room(): number {
    const { labourer, holds, clock, mostPerClaim, mostHeld } = this.#parts;
    if (this.#nextDue <= clock.now()) this.#mayHaveDue = true;
    if (this.#stopping || !this.#mayHaveDue || holds.until(labourer.id) !== undefined) return 0;
    const room = Math.min(this.#cap, mostHeld) - this.#claimed.length - this.#invoking;
    return Math.max(0, Math.min(room, mostPerClaim));
  }

  /** The next instant at which there is a reason to look again without a ring. */
  #nextReason(): EpochMs {
    const { labourer, holds } = this.#parts;
    if (this.#stopping) return Number.POSITIVE_INFINITY;
    const held = holds.until(labourer.id);
    if (held !== undefined) return held;
    return this.#mayHaveDue ? Number.POSITIVE_INFINITY : this.#nextDue;
  }

  #idle(): boolean {
    return this.#claimed.length === 0 && this.#invoking === 0 && this.#verdicts.length === 0;
  }

  #pump(): void {
    const { labourer, holds, parallelism } = this.#parts;
    while (this.#claimed.length > 0 && this.#invoking < parallelism) {
      if (holds.until(labourer.id) !== undefined) {
        this.#releaseClaimed();
        return;
      }
      const claimed = this.#claimed.shift();
      if (claimed) void this.#invoke(claimed);
    }
  }

  async #invoke({ lease, since }: Claimed): Promise<void> {
    const { labourer, dispatcher, holds } = this.#parts;
    this.#invoking += 1;
    const dispatched = await dispatcher.dispatch(labourer, lease, since);
    this.#invoking -= 1;
    if (dispatched.kind === 'refused') holds.refused(labourer.id, dispatched.reason, dispatched.retryAfter);
    else if (dispatched.kind !== 'unknown') holds.received(labourer.id);
    if ('verdict' in dispatched) this.#verdicts.push(dispatched.verdict);
    this.#pump();
    this.#rest.end();
  }

  #releaseClaimed(): void {
    for (const { lease } of this.#claimed.splice(0)) this.#verdicts.push({ ...refOf(lease), kind: 'released' });
  }
}
