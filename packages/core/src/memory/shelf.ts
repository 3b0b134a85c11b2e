import type { Retention } from '../domain/labourer.ts';
import type { AttemptRef, NewTask, TaskKey } from '../domain/task.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import { type MemoryTask, newMemoryTask } from './memory-task.ts';
import { Queue } from './queue.ts';

/** The tasks of one labourer, by where they stand. */
export class Ledger {
  readonly queue: Queue = new Queue();
  readonly running: Set<MemoryTask> = new Set();
  /** In the order of their ends. */
  readonly ended: Set<MemoryTask> = new Set();
  /** Ended, and what follows from it is still to be done. */
  readonly outbox: Set<MemoryTask> = new Set();

  countRunning(now: EpochMs): number {
    let live = 0;
    for (const { deadline } of this.running) if (deadline > now) live += 1;
    return live;
  }

  /** How many of each key run. */
  countByKey(now: EpochMs): ReadonlyMap<string | undefined, number> {
    const counts = new Map<string | undefined, number>();
    for (const { key, deadline } of this.running) if (deadline > now) counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts;
  }
}

/** All tasks there are, and the moves between their places that keep map and ledgers of one mind. */
export class Shelf {
  readonly #tasks = new Map<string, MemoryTask>();
  readonly #ledgers = new Map<string, Ledger>();
  #seq = 0;
  #ends = 0;

  ledgerOf(labourer: string): Ledger {
    const known = this.#ledgers.get(labourer);
    if (known) return known;
    const ledger = new Ledger();
    this.#ledgers.set(labourer, ledger);
    return ledger;
  }

  find({ labourer, id }: TaskKey): MemoryTask | undefined {
    const task = this.#tasks.get(id);
    return task?.labourer === labourer ? task : undefined;
  }

  /** The task that this attempt was the latest of, running or not. */
  attempted(ref: AttemptRef): MemoryTask | undefined {
    const task = this.find(ref);
    return task?.token === ref.token ? task : undefined;
  }

  /** @returns false if the id is known, of this labourer or another */
  add(task: NewTask, now: EpochMs): boolean {
    if (this.#tasks.has(task.id)) return false;
    this.#seq += 1;
    const added = newMemoryTask(task, now, this.#seq);
    this.#tasks.set(added.id, added);
    this.ledgerOf(added.labourer).queue.add(added);
    return true;
  }

  /** Out of whatever place it has, to the end. */
  end(task: MemoryTask, state: 'completed' | 'dead' | 'cancelled' | 'dropped', now: EpochMs): void {
    this.#takeOut(task);
    this.#ends += 1;
    // A task that is queued again after its end ends anew, at an instant of its own.
    Object.assign(task, { state, endedAt: Math.max(now, task.endedAt + 1), endOrder: this.#ends });
    const { ended, outbox } = this.ledgerOf(task.labourer);
    ended.add(task);
    if (task.follow !== undefined) outbox.add(task);
  }

  /** Out of whatever place it has, into the queue. */
  queue(task: MemoryTask, again: boolean): void {
    this.#takeOut(task);
    if (!again) {
      this.#seq += 1;
      task.seq = this.#seq;
    }
    Object.assign(task, { state: 'queued', again });
    this.ledgerOf(task.labourer).queue.add(task);
  }

  /** Ended tasks that are kept no more. */
  pastKeep(labourer: string, { completed, others }: Retention, otherwise: Millis, now: EpochMs): readonly MemoryTask[] {
    const { ended, outbox } = this.ledgerOf(labourer);
    const [oldest] = ended;
    const ages = [completed?.age, others?.age].map((age) => age ?? otherwise);
    const isYoung = !oldest || now - oldest.endedAt < Math.min(...ages);
    if (isYoung && completed?.count === undefined && others?.count === undefined) return [];
    const newer = new Map<string, number>();
    return [...ended].reverse().filter((task) => {
      const { age = otherwise, count = Number.POSITIVE_INFINITY } = (task.state === 'completed' ? completed : others) ?? {};
      const before = newer.get(task.state) ?? 0;
      newer.set(task.state, before + 1);
      return (now - task.endedAt >= age || before >= count) && !outbox.has(task);
    });
  }

  forget(task: MemoryTask): void {
    this.#takeOut(task);
    this.#tasks.delete(task.id);
  }

  #takeOut(task: MemoryTask): void {
    const { queue, running, ended, outbox } = this.ledgerOf(task.labourer);
    if (task.state === 'queued') queue.remove(task);
    running.delete(task);
    ended.delete(task);
    outbox.delete(task);
  }
}
