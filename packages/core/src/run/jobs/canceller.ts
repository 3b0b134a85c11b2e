import { isTaskOf } from '../../decide/jobs/task-id.ts';
import type { TaskKey, TaskState } from '../../domain/task.ts';
import type { TaskReader } from '../../ports/task-reader.ts';
import type { Foreman } from '../foreman.ts';

export interface CancellerParts {
  readonly reader: Pick<TaskReader, 'list'>;
  readonly foreman: Pick<Foreman, 'cancel'>;
}

/** Tasks of one page of a list. */
const PAGE = 500;
/** Tasks that go from queued to running and back between two looks are found by the next. */
const MOST_ROUNDS = 20;

/** Ends what a job has made. Its tasks are known by their ids, which follow from the job's id and from what
 * they are: so it takes nothing of what the job was made from. */
export class Canceller {
  readonly #parts: CancellerParts;

  constructor(parts: CancellerParts) {
    this.#parts = parts;
  }

  /** Cancels all tasks of a job that are queued or run, until a look finds none that was not told before. */
  async sweep(job: string, labourer: string): Promise<void> {
    const told = new Set<string>();
    for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
      const queued = await this.#cancelAll(job, labourer, 'queued', told);
      const running = await this.#cancelAll(job, labourer, 'running', told);
      if (queued + running === 0) return;
    }
  }

  /** @throws what the store throws: some may be cancelled */
  async cancel(keys: readonly TaskKey[]): Promise<void> {
    await this.#parts.foreman.cancel(keys);
  }

  /** @returns how many were told for the first time */
  async #cancelAll(job: string, labourer: string, state: TaskState, told: Set<string>): Promise<number> {
    const isOwn = isTaskOf(job);
    let cursor: string | undefined;
    let fresh = 0;
    do {
      const page = await this.#parts.reader.list({ labourer, state, limit: PAGE, ...(cursor !== undefined && { cursor }) });
      const own = page.tasks.filter(isOwn).map(({ id }): TaskKey => ({ labourer, id }));
      const outcomes = own.length > 0 ? await this.#parts.foreman.cancel(own) : [];
      own.forEach(({ id }, n) => {
        // One that has ended is nobody's any more; one that runs is listed until its worker reports.
        if (outcomes[n] === 'cancelled') fresh += 1;
        else if (outcomes[n] === 'cancelling' && !told.has(id)) {
          told.add(id);
          fresh += 1;
        }
      });
      cursor = page.cursor;
    } while (cursor !== undefined);
    return fresh;
  }
}
