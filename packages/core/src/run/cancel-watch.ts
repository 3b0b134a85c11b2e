import { keyOf, type TaskKey } from '../domain/task.ts';
import { type Millis, SECOND } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Register } from '../ports/register.ts';
import type { TaskReader } from '../ports/task-reader.ts';
import type { Attempt } from './attempt.ts';
import type { Bag } from './bag.ts';
import type { Deadline, Deadlines } from './deadlines.ts';
import type { Doorbell } from './doorbell.ts';
import type { Events } from './events.ts';
import { inTime } from './in-time.ts';

/** What it takes to tell workers of a cancellation before their next heartbeat. */
export interface CancelParts {
  readonly reader: Pick<TaskReader, 'find'>;
  /** Absent: only cancellations that were asked for in this process are heard of. */
  readonly register?: Pick<Register, 'look'>;
  /** Between looks at what other processes asked for, while attempts run for longer than from one look to the next. Default 5 s. */
  readonly every?: Millis;
}

export interface CancelWatchParts extends CancelParts {
  readonly clock: Clock;
  readonly events: Events;
  readonly doorbell: Doorbell;
  readonly deadlines: Deadlines;
  readonly underWay: Bag<Attempt>;
  /** Goes on while nothing is under way, until `close`. */
  readonly lingers: boolean;
}

/** The entry that is new after each call which asked for the cancellation of running tasks of a labourer. */
export const cancelEntry = (labourer: string): string => `cancelled:${labourer}`;

/** Most tasks that are read at once. */
const MOST_AT_ONCE = 50;

/**
 * Tells workers in this process that their task is to be cancelled, though they never call `heartbeat`.
 *
 * Whatever it hears, it is the store's word that counts: the attempt is stopped if the store shows it as the running one, and as to be
 * cancelled. So an entry that lies there for an hour, or a ring that comes after the task was redriven, stops nobody by mistake.
 *
 * Not by renewals, which would tell the same: one that leaves the deadline where it was carries a shorter length than the next heartbeat,
 * and if a network brought it after that one, it would take back what the worker was promised. A reading can come as late as it likes.
 *
 * Where nobody cancels, it costs one look at a few entries for each `every`, and that only while attempts run for longer.
 */
export class CancelWatch {
  readonly #parts: CancelWatchParts;
  readonly #every: Millis;
  readonly #offBell: () => void;
  #next: Deadline | undefined;
  #looking = false;
  /**
   * What was under way at the last look, and after which word of cancellations the store was last asked about it. Kept here, since most
   * attempts are over before the first look and are to cost nothing.
   */
  #known = new Map<Attempt, string | undefined>();
  #closed = false;

  constructor(parts: CancelWatchParts) {
    this.#parts = parts;
    this.#every = parts.every ?? 5 * SECOND;
    this.#offBell = parts.doorbell.onCancel((key) => void this.#hear(key));
  }

  /** An attempt is under way. */
  begun(): void {
    if (this.#next !== undefined || this.#looking) return; // the usual case
    const { register, clock, deadlines } = this.#parts;
    if (!register || this.#closed || !Number.isFinite(this.#every)) return;
    this.#next = deadlines.add(clock.now() + this.#every, () => void this.#look(register));
  }

  /** The last attempt that was under way has ended: nothing holds the process open. */
  allEnded(): void {
    if (!this.#parts.lingers) this.#rest();
  }

  close(): void {
    this.#closed = true;
    this.#offBell();
    this.#rest();
  }

  #rest(): void {
    if (this.#next) this.#parts.deadlines.cancel(this.#next);
    this.#next = undefined;
  }

  async #hear({ labourer, id }: TaskKey): Promise<void> {
    await this.#ask(this.#parts.underWay.all.filter(({ lease }) => lease.id === id && lease.labourer === labourer));
  }

  async #look(register: Pick<Register, 'look'>): Promise<void> {
    const { clock, events, underWay } = this.#parts;
    this.#next = undefined;
    this.#looking = true;
    const old = underWay.all.filter((each) => this.#known.has(each));
    if (old.length > 0) {
      try {
        const labourers = [...new Set(old.map(({ lease }) => lease.labourer))];
        const { entries } = await inTime(clock, 'look', () => register.look(labourers.map(cancelEntry)));
        const stamps = new Map(labourers.map((each, n) => [each, entries[n]?.stamp]));
        // Each attempt remembers which entry it was read after, and not each labourer: of two attempts one may have been claimed
        // before a cancellation and begun after the look that saw it.
        const told = old.filter((each) => {
          const stamp = stamps.get(each.lease.labourer);
          return stamp !== undefined && stamp !== this.#known.get(each);
        });
        for (const each of await this.#ask(told)) this.#known.set(each, stamps.get(each.lease.labourer));
      } catch (error) {
        events.emit('store.failed', { error });
      }
    }
    this.#known = new Map(underWay.all.map((each) => [each, this.#known.get(each)]));
    this.#looking = false;
    if (underWay.size > 0) this.begun();
  }

  /** @returns those that the store could be asked about */
  async #ask(attempts: readonly Attempt[]): Promise<readonly Attempt[]> {
    const { reader, clock, events } = this.#parts;
    const asked: Attempt[] = [];
    const one = async (attempt: Attempt): Promise<void> => {
      try {
        const task = await inTime(clock, 'find', () => reader.find(keyOf(attempt.lease)));
        asked.push(attempt);
        if (task?.state === 'running' && task.token === attempt.lease.token && task.cancelling) attempt.cancel();
      } catch (error) {
        events.emit('store.failed', { error });
      }
    };
    for (let from = 0; from < attempts.length; from += MOST_AT_ONCE) await Promise.all(attempts.slice(from, from + MOST_AT_ONCE).map(one));
    return asked;
  }
}
