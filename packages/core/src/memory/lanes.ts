import { MOST_URGENT } from '../domain/task.ts';
import type { EpochMs } from '../domain/time.ts';
import { DueList } from './due-list.ts';
import type { MemoryTask } from './memory-task.ts';

/** Tasks in the order of C6: by priority, and in each those that come again before the fresh ones. */
export class Lanes {
  /** The most urgent first: `again`, `fresh`, `again`, `fresh` and so on. */
  readonly lists: readonly DueList<MemoryTask>[] = Array.from({ length: 2 * (MOST_URGENT + 1) }, () => new DueList<MemoryTask>());

  get length(): number {
    return this.lists.reduce((sum, { length }) => sum + length, 0);
  }

  add(task: MemoryTask): void {
    this.#listOf(task).add(task);
  }

  remove(task: MemoryTask): void {
    this.#listOf(task).remove(task);
  }

  /** The first that is due. */
  firstDue(now: EpochMs): MemoryTask | undefined {
    for (const list of this.lists) {
      const first = list.first();
      if (first && first.due <= now) return first;
    }
    return undefined;
  }

  countDue(now: EpochMs): number {
    return this.lists.reduce((sum, list) => sum + list.countDue(now), 0);
  }

  /** When the first falls due; infinity if there is none. */
  next(): EpochMs {
    return Math.min(...this.lists.map((list) => list.next() ?? Number.POSITIVE_INFINITY));
  }

  /** In the order in which they would be taken if all were due. */
  all(): readonly MemoryTask[] {
    return this.lists.flatMap((list) => list.all());
  }

  #listOf({ priority, again }: MemoryTask): DueList<MemoryTask> {
    return this.lists[2 * (MOST_URGENT - priority) + (again ? 0 : 1)] as DueList<MemoryTask>;
  }
}

/** Which of two tasks that are due goes first. */
export const compareTurns = (a: MemoryTask, b: MemoryTask): number =>
  b.priority - a.priority || Number(b.again) - Number(a.again) || a.due - b.due || a.seq - b.seq;
