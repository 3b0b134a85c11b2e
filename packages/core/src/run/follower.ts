import { followingOf } from '../decide/read-follow.ts';
import type { Membership } from '../domain/follow.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { NewTask, TaskKey } from '../domain/task.ts';
import type { Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { End, Outbox } from '../ports/outbox.ts';
import type { StoreCapabilities, TaskStore } from '../ports/task-store.ts';
import type { BatchBook } from './batch-book.ts';
import type { Doorbell } from './doorbell.ts';
import { type EventName, type Events, taskOf } from './events.ts';
import { inTime } from './in-time.ts';
import { oneEach } from './one-each.ts';
import { over } from './over.ts';

export interface FollowerParts {
  readonly labourers: readonly Labourer[];
  readonly store: Pick<TaskStore, 'enqueue'> & { readonly capabilities: Pick<StoreCapabilities, 'maxPayloadBytes'> };
  /** Absent: there is nothing to look for. */
  readonly outbox: Outbox | undefined;
  /** Absent: a task that is one of a batch is reported. */
  readonly book?: Pick<BatchBook, 'close'> | undefined;
  readonly clock: Clock;
  readonly events: Events;
  readonly doorbell: Doorbell;
  /** As of the Enqueuer. */
  readonly maxPayloadBytes?: number;
  /** Ends of one call to the store. Default 100. */
  readonly page?: number;
  /** Pages of one round: what is beyond waits for the next. Default 20. */
  readonly mostPages?: number;
}

export interface Followed {
  /** Ends whose following was done. */
  readonly ends: number;
  /** There may be more of them. */
  readonly more: boolean;
}

/** What this process says of each end that it had a hand in. */
const ENDINGS: readonly EventName[] = ['task.completed', 'task.dead', 'task.cancelled', 'task.dropped'];

/** So many looks after ends of tasks, and nothing found: nobody here makes tasks that something follows, any more. */
const LOOKS_IN_VAIN = 100;

/**
 * Does what follows a task that has ended: enqueues the next, closes its place in a batch. Any number may do it at once, in any number of
 * processes.
 *
 * The order is: what follows is done, then the end is taken out. Whoever dies between the two leaves the end where it was, and the next
 * who finds it does the same again: the ids are derived from the end, so the store answers `duplicate`. Two who find it at once do the same
 * twice, with the same result. To take it out first would lose what follows with the process.
 *
 * The Scavenger looks at every sweep, wherever the task ended and whoever enqueued it. So as not to wait for that, a process looks right
 * after ends of labourers that it knows tasks with a following of: by having enqueued one, or by having found one. Where there are none
 * it does not even listen.
 */
export class Follower {
  readonly #parts: Required<Omit<FollowerParts, 'book'>> & Pick<FollowerParts, 'book'>;
  readonly #names: readonly string[];
  readonly #expected = new Set<string>();
  #offEvents: readonly (() => void)[] = [];
  #inVain = 0;
  #looking: Promise<void> | undefined;
  #again = false;

  constructor(parts: FollowerParts) {
    this.#parts = { page: 100, mostPages: 20, maxPayloadBytes: 1024 * 1024, ...parts };
    this.#names = parts.labourers.map(({ id }) => id);
  }

  /** There are tasks of this labourer that something follows. */
  expect(labourer: string): void {
    this.#inVain = 0;
    if (this.#expected.has(labourer)) return;
    this.#expected.add(labourer);
    if (this.#offEvents.length > 0) return;
    const { events } = this.#parts;
    const onEnd = (event: unknown): void => {
      if (this.#expected.has((event as TaskKey).labourer)) this.#wake();
    };
    this.#offEvents = ENDINGS.map((name) => events.on(name, onEnd));
  }

  /** One bounded round. @throws what the store throws: it is done again by the next */
  async round(signal?: AbortSignal): Promise<Followed> {
    const { page, mostPages } = this.#parts;
    let ends = 0;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const taken = await this.#page(signal);
      ends += taken;
      if (taken < page) return { ends, more: false };
    }
    return { ends, more: true };
  }

  /** Waits for the look that is under way, if there is one, for so long at most. */
  async idle(atMost: Millis): Promise<void> {
    if (!this.#looking) return;
    const waiting = new AbortController();
    await Promise.race([this.#looking, this.#parts.clock.sleep(atMost, waiting.signal)]);
    over(waiting);
  }

  #wake(): void {
    this.#again = true;
    this.#looking ??= this.#lookAgainAndAgain().finally(() => {
      this.#looking = undefined;
    });
  }

  async #lookAgainAndAgain(): Promise<void> {
    while (this.#again) {
      // What ends in this turn of the event loop goes along; what ends during the look may have come too late for it.
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#again = false;
      try {
        const { ends } = await this.round();
        if (ends === 0) this.#foundNone();
      } catch (error) {
        this.#parts.events.emit('store.failed', { error });
        return; // a sweep finds it, when the store is there again
      }
    }
  }

  #foundNone(): void {
    this.#inVain += 1;
    if (this.#inVain < LOOKS_IN_VAIN) return;
    this.#expected.clear();
    for (const off of this.#offEvents) off();
    this.#offEvents = [];
  }

  /** @returns how many ends it took out */
  async #page(signal: AbortSignal | undefined): Promise<number> {
    const { outbox, store, book, clock, events, page, maxPayloadBytes } = this.#parts;
    if (!outbox) return 0;
    const ends = await inTime(clock, 'outbox', () => outbox.outbox(this.#names, page), signal);
    if (ends.length === 0) return 0;
    const failed = (end: TaskKey, error: unknown): void => events.emit('follow.failed', { ...taskOf(end), error });
    const maxBytes = Math.min(maxPayloadBytes, store.capabilities.maxPayloadBytes);
    const tasks: Asked[] = [];
    const members: { readonly end: End; readonly member: Membership }[] = [];
    for (const end of ends) {
      this.expect(end.labourer);
      try {
        const { tasks: following, batch } = followingOf(end, maxBytes);
        tasks.push(...following.map((task) => ({ end, task })));
        if (batch) members.push({ end, member: batch });
      } catch (error) {
        // Nobody will ever read it, and left where it is it would be met by every look: it is told, and taken out with the others.
        failed(end, error);
      }
    }
    await this.#enqueue(tasks, failed, signal);
    if (members.length > 0) {
      if (book) await book.close(members, failed);
      else
        for (const { end } of members) failed(end, new Error('it is one of a batch, and this composition has no Register to count it in'));
    }
    await inTime(clock, 'takeOut', () => outbox.takeOut(ends.map(({ labourer, id, endedAt }) => ({ labourer, id, endedAt }))), signal);
    return ends.length;
  }

  async #enqueue(asked: readonly Asked[], failed: (end: TaskKey, error: unknown) => void, signal: AbortSignal | undefined): Promise<void> {
    const { store, clock, events, doorbell } = this.#parts;
    if (asked.length === 0) return;
    for (const { task } of asked) if (task.follow !== undefined) this.expect(task.labourer);
    try {
      const outcomes = await inTime(clock, 'enqueue', () => store.enqueue(asked.map(({ task }) => task)), signal);
      oneEach('enqueue', asked.length, outcomes);
      asked.forEach(({ task }, n) => {
        if (outcomes[n] === 'created') events.emit('task.enqueued', taskOf(task));
      });
      for (const labourer of new Set(asked.map(({ task }) => task.labourer))) doorbell.ring(labourer);
    } catch (error) {
      // One of them cannot be stored, and so none was. Each for itself, so that none is lost for what is wrong with another.
      if (!ReeveError.is(error) || error.kind !== 'input') throw error;
      const [only, ...others] = asked;
      if (only && others.length === 0) failed(only.end, error);
      else for (const each of asked) await this.#enqueue([each], failed, signal);
    }
  }
}

interface Asked {
  readonly end: End;
  readonly task: NewTask;
}
