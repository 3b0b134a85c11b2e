import { type Labourer, leaseLength } from '../domain/labourer.ts';
import { type Lease, refOf, type Verdict } from '../domain/task.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExchangeAnswer, TaskStore } from '../ports/task-store.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Events } from './events.ts';
import type { Holds } from './holds.ts';
import { pauseAfter } from './persist.ts';
import { Rest } from './rest.ts';
import type { announcer } from './verdict-box.ts';

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
  readonly announce: ReturnType<typeof announcer>;
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
  #claimed: Lease[] = [];
  #invoking = 0;
  /** Verdicts that the store has not answered yet. They are fenced: giving one twice does no harm. */
  #verdicts: Verdict[] = [];
  #cap = 0;
  #mayHaveDue = true;
  #rung = false;
  #nextDue: EpochMs = Number.POSITIVE_INFINITY;
  #failures = 0;
  #stopping = false;
  #abandoned = false;

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
    this.#rest.end();
  }

  /** What is still under way is left to its lease. */
  abandon(): void {
    this.#abandoned = true;
    this.#rest.end();
  }

  async run(): Promise<void> {
    while (!this.#abandoned && !(this.#stopping && this.#idle())) {
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
    try {
      this.#take(verdicts, room, await this.#ask(verdicts, room));
      this.#failures = 0;
    } catch (error) {
      this.#verdicts = [...verdicts, ...this.#verdicts];
      this.#failures += 1;
      this.#parts.events.emit('labourer.failed', { labourer: this.#parts.labourer.id, error });
      await this.#rest.until(this.#parts.clock.now() + pauseAfter(this.#failures, this.#parts.chance.random()), 'deaf');
    }
  }

  async #ask(verdicts: readonly Verdict[], room: number): Promise<ExchangeAnswer> {
    const { store, labourer, chance } = this.#parts;
    if (room === 0) return { outcomes: verdicts.length === 0 ? [] : await store.settle(verdicts), leases: [] };
    const request = { labourer: labourer.id, token: chance.id(), cap: this.#cap, limit: room, lease: leaseLength(labourer) };
    return verdicts.length === 0 ? { outcomes: [], ...(await store.claim(request)) } : store.exchange(verdicts, request);
  }

  #take(verdicts: readonly Verdict[], room: number, { outcomes, leases, aside = [], nextDueIn }: ExchangeAnswer): void {
    const { clock, events, announce } = this.#parts;
    const now = clock.now();
    if (room > 0) {
      this.#mayHaveDue = leases.length === room || this.#rung;
      this.#nextDue = nextDueIn === undefined ? Number.POSITIVE_INFINITY : now + nextDueIn;
    }
    verdicts.forEach((verdict, n) => {
      announce(verdict, outcomes[n] ?? 'stale');
      if (verdict.kind === 'retry') this.#dueIn(now, verdict.after);
      if (verdict.kind === 'released') this.#dueIn(now, verdict.after ?? 0);
    });
    for (const each of aside) events.emit('task.aside', each);
    this.#claimed.push(...leases);
    if (this.#stopping) this.#releaseClaimed();
    this.#pump();
  }

  #dueIn(now: EpochMs, after: Millis): void {
    this.#nextDue = Math.min(this.#nextDue, now + after);
  }

  /** How many leases may be claimed now. What this process has under way holds its places in the store. */
  #room(): number {
    const { labourer, holds, clock, mostPerClaim } = this.#parts;
    if (this.#nextDue <= clock.now()) this.#mayHaveDue = true;
    if (this.#stopping || !this.#mayHaveDue || holds.until(labourer.id) !== undefined) return 0;
    return Math.max(0, Math.min(this.#cap - this.#claimed.length - this.#invoking, mostPerClaim));
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
      const lease = this.#claimed.shift();
      if (lease) void this.#invoke(lease);
    }
  }

  async #invoke(lease: Lease): Promise<void> {
    const { labourer, dispatcher, holds } = this.#parts;
    this.#invoking += 1;
    const dispatched = await dispatcher.dispatch(labourer, lease);
    this.#invoking -= 1;
    if (dispatched.kind === 'refused') holds.refused(labourer.id, dispatched.reason, dispatched.retryAfter);
    else if (dispatched.kind !== 'unknown') holds.received(labourer.id);
    if ('verdict' in dispatched) this.#verdicts.push(dispatched.verdict);
    this.#pump();
    this.#rest.end();
  }

  #releaseClaimed(): void {
    for (const lease of this.#claimed.splice(0)) this.#verdicts.push({ ...refOf(lease), kind: 'released' });
  }
}
