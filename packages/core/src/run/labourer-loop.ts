import { claimOf } from '../decide/claim-of.ts';
import type { Labourer } from '../domain/labourer.ts';
import { type Lease, type Outcome, refOf, type Verdict } from '../domain/task.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExchangeAnswer, TaskStore } from '../ports/task-store.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Events } from './events.ts';
import type { Holds } from './holds.ts';
import { oneEach } from './one-each.ts';
import { Patience } from './patience.ts';
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
  /** So many exchanges are under way at once where there is so much for each of them. */
  readonly exchangesAtOnce: number;
  readonly leastPerExchange: number;
  readonly announce: ReturnType<typeof announcer>;
  /** For verdicts that have to be given apart from others. */
  readonly verdicts: VerdictBox;
}

interface Asked {
  readonly verdicts: readonly Verdict[];
  readonly room: number;
  readonly since: EpochMs;
  /** From 1, in the order in which they began. */
  readonly number: number;
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
 * thing that happens *during* an await is a ring, or the answer of another exchange: either may say "there is work" while an older
 * claim is about to answer "there is none". Exchanges have numbers, so that the older answer does not drown what is newer.
 */
export class LabourerLoop {
  readonly #parts: LabourerLoopParts;
  readonly #rest: Rest;
  readonly #patience: Patience;
  /** Claimed, and waiting for a free lane of the invoker. */
  #claimed: Claimed[] = [];
  #invoking = 0;
  /** Verdicts to give. They are fenced: giving one twice does no harm. */
  #verdicts: Verdict[] = [];
  /** Exchanges that the store has not answered yet, and the places that they hold, whichever it carries out first. */
  #asking = 0;
  #placesAsking = 0;
  #cap = 0;
  #mayHaveDue = true;
  /** How many exchanges began, which of them is the latest that said what is due, and how many had begun at the last ring. */
  #begun = 0;
  #heard = 0;
  #rungAfter = 0;
  #nextDue: EpochMs = Number.POSITIVE_INFINITY;
  #failures = 0;
  #pausedUntil: EpochMs = 0;
  #stopping = false;
  #abandoned = false;

  constructor(parts: LabourerLoopParts) {
    this.#parts = parts;
    this.#rest = new Rest(parts.clock);
    this.#patience = new Patience(parts.clock);
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
    this.#rungAfter = this.#begun;
    this.#mayHaveDue = true;
    this.#rest.end();
  }

  /** Claims no more; `run` ends when what is under way has ended. */
  stop(): void {
    this.#stopping = true;
    this.#pausedUntil = 0;
    this.#releaseClaimed();
    this.#rest.stop();
  }

  /** What is still under way is left to its lease. */
  abandon(): void {
    this.#abandoned = true;
    this.#patience.end();
    this.#rest.stop();
  }

  async run(): Promise<void> {
    while (!this.#abandoned && !(this.#stopping && this.#idle())) {
      if (this.#pausedUntil > this.#parts.clock.now()) await this.#rest.until(this.#pausedUntil, 'deaf');
      else if (this.#mayAsk()) {
        // Attempts that end in this turn of the event loop go along.
        await new Promise<void>((resolve) => setImmediate(resolve));
        void this.#exchange();
      } else await this.#rest.until(this.#nextReason());
    }
    this.#patience.end();
  }

  /**
   * A second exchange goes beside the first only with a whole share. With less it would double the calls for nothing: what ends
   * meanwhile goes along with the next. And so a store that is slow gathers more into each call.
   */
  #mayAsk(): boolean {
    if (this.#asking === 0) return this.#verdicts.length > 0 || this.#room() > 0;
    if (this.#asking >= this.#parts.exchangesAtOnce) return false;
    return Math.max(this.#verdicts.length, this.#room()) >= this.#share();
  }

  /**
   * How much one exchange takes, so that there is as much for each other: while the store works at one, this process runs the
   * attempts of another. Small caps are not shared out, since each call costs the same whatever it carries.
   */
  #share(): number {
    const { exchangesAtOnce, leastPerExchange, mostHeld } = this.#parts;
    const share = Math.min(this.#cap, mostHeld) / exchangesAtOnce;
    return exchangesAtOnce > 1 && share >= leastPerExchange ? Math.ceil(share) : Number.POSITIVE_INFINITY;
  }

  async #exchange(): Promise<void> {
    const share = this.#share();
    const verdicts = this.#verdicts.splice(0, share);
    const room = Math.min(this.#room(), share);
    if (verdicts.length === 0 && room === 0) return; // a hold or a stop came in between
    const places = Math.max(verdicts.length, room);
    this.#asking += 1;
    this.#placesAsking += places;
    try {
      await this.#carryOut(verdicts, room);
    } finally {
      this.#asking -= 1;
      this.#placesAsking -= places;
      this.#rest.end();
    }
  }

  async #carryOut(verdicts: readonly Verdict[], room: number): Promise<void> {
    this.#begun += 1;
    const number = this.#begun;
    const since = this.#parts.clock.now();
    try {
      this.#take(await this.#ask(verdicts, room), { verdicts, room, since, number });
      this.#failures = 0;
    } catch (error) {
      if (this.#abandoned) return;
      if (isTooLong(error) && verdicts.length > 0) {
        await this.#settleApart(verdicts);
        return;
      }
      this.#verdicts = [...verdicts, ...this.#verdicts];
      this.#failures += 1;
      this.#parts.events.emit('labourer.failed', { labourer: this.#parts.labourer.id, error });
      this.#pausedUntil = this.#parts.clock.now() + pauseAfter(this.#failures, this.#parts.chance.random());
    }
  }

  async #ask(verdicts: readonly Verdict[], room: number): Promise<ExchangeAnswer> {
    const { store, labourer, chance } = this.#parts;
    if (room === 0) {
      const outcomes = verdicts.length === 0 ? [] : await this.#patience.ask('settle', () => store.settle(verdicts));
      return { outcomes, leases: [] };
    }
    const request = claimOf(labourer, { token: chance.id(), cap: this.#cap, limit: room });
    if (verdicts.length > 0) return this.#patience.ask('exchange', () => store.exchange(verdicts, request));
    return { outcomes: [], ...(await this.#patience.ask('claim', () => store.claim(request))) };
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

  #take(answer: ExchangeAnswer, { verdicts, room, since, number }: Asked): void {
    const { clock, events, announce } = this.#parts;
    const { leases, aside = [], dropped = [], nextDueIn } = answer;
    const outcomes = oneEach('settle', verdicts.length, answer.outcomes);
    const now = clock.now();
    const isFull = leases.length === room;
    if (room > 0 && number > this.#heard) {
      this.#heard = number;
      this.#mayHaveDue = isFull || this.#rungAfter >= number;
      // Due now and yet not taken: others hold the places under the cap. None of theirs rings here when it frees, and asking
      // again at once would be asking without a pause, so the poll looks again.
      const heldElsewhere = nextDueIn === 0 && !isFull;
      this.#nextDue = nextDueIn === undefined || heldElsewhere ? Number.POSITIVE_INFINITY : now + nextDueIn;
    } else if (room > 0 && isFull) this.#mayHaveDue = true; // an older answer cannot say that there is nothing
    verdicts.forEach((verdict, n) => {
      announce(verdict, outcomes[n] as Outcome);
      if (verdict.kind === 'retry') this.#dueIn(now, verdict.after);
      if (verdict.kind === 'released') this.#dueIn(now, verdict.after ?? 0);
    });
    for (const each of aside) events.emit('task.aside', each);
    for (const each of dropped) events.emit('task.dropped', each);
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
    const held = this.#claimed.length + this.#invoking + this.#verdicts.length + this.#placesAsking;
    const room = Math.min(this.#cap, mostHeld) - held;
    return Math.max(0, Math.min(room, mostPerClaim));
  }

  /** The next instant at which there is a reason to look again without a ring. */
  #nextReason(): EpochMs {
    const { labourer, holds, exchangesAtOnce } = this.#parts;
    // While no more may be asked an instant is no reason: it would come again and again. The store's answer ends the rest.
    if (this.#stopping || this.#asking >= exchangesAtOnce) return Number.POSITIVE_INFINITY;
    const held = holds.until(labourer.id);
    if (held !== undefined) return held;
    return this.#mayHaveDue ? Number.POSITIVE_INFINITY : this.#nextDue;
  }

  #idle(): boolean {
    return this.#claimed.length === 0 && this.#invoking === 0 && this.#verdicts.length === 0 && this.#asking === 0;
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
