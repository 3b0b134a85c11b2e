import type { Census, Reeve, TaskRecord } from '@reeve/core';
import { tasksIn } from './record/read-tasks.ts';

/** How far one labourer's tasks are, over all processes, by the store's own word. */
export class Progress {
  readonly labourer: string;
  readonly cap: number;
  /** The tasks that there will be when all is given. */
  readonly total: number;
  readonly #reeve: Reeve;
  readonly #ended = new Map<string, TaskRecord>();
  #census: Census = { due: 0, waiting: 0, running: 0, expired: 0 };
  #latest: TaskRecord | undefined;

  constructor(reeve: Reeve, labourer: string, total: number) {
    this.#reeve = reeve;
    this.labourer = labourer;
    this.total = total;
    this.cap = reeve.labourers.find(({ id }) => id === labourer)?.cap ?? 0;
  }

  /** An expired lease holds no place any more: its task is as good as queued. */
  get queued(): number {
    return this.#census.due + this.#census.waiting + this.#census.expired;
  }

  get running(): number {
    return this.#census.running;
  }

  get dead(): number {
    return this.#count('dead');
  }

  get done(): number {
    return this.#count('completed');
  }

  /** The task that ended last, of those that were seen. */
  get latest(): TaskRecord | undefined {
    return this.#latest;
  }

  /** Nothing is queued, and nothing runs. */
  get isIdle(): boolean {
    return this.queued + this.running === 0;
  }

  hasEnded(id: string): boolean {
    return this.#ended.has(id);
  }

  /** @param census taken before this call, so that a task which it no longer counts as open is among the ended */
  async look(census: Census): Promise<void> {
    this.#census = census;
    for (const state of ['completed', 'dead'] as const) {
      let newest = true;
      for await (const task of tasksIn(this.#reeve, this.labourer, state, 50)) {
        // Beyond the first that is known, all are known. Once nothing is open it is worth looking at all of them: had the
        // clock been set back, a newer one could stand behind an older.
        if (this.#ended.has(task.id) && !this.isIdle) break;
        if (newest && !this.#ended.has(task.id)) this.#latest = task;
        newest = false;
        this.#ended.set(task.id, task);
      }
    }
  }

  #count(state: TaskRecord['state']): number {
    let count = 0;
    for (const task of this.#ended.values()) if (task.state === state) count += 1;
    return count;
  }
}
