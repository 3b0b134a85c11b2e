import { checkLabourer } from '../decide/check-labourer.ts';
import { checkRedrive, type EndedRecord, type RedriveQuery, spread } from '../decide/check-redrive.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { TaskRecord, TaskState } from '../domain/task.ts';
import type { EpochMs } from '../domain/time.ts';
import type { ListQuery, TaskReader } from '../ports/task-reader.ts';
import type { Foreman } from './foreman.ts';

export interface RedriverParts {
  readonly labourers: readonly Labourer[];
  readonly reader: Pick<TaskReader, 'list'>;
  readonly foreman: Pick<Foreman, 'redrive'>;
  /** Tasks of one page, from 1 to 1,000. Default 200. */
  readonly page?: number;
}

export interface RedriveAllQuery extends RedriveQuery {
  /** Aborting it ends the call before the next page. */
  readonly signal?: AbortSignal;
}

export interface RedriveReport {
  /** Tasks in that state which were looked at. */
  readonly looked: number;
  readonly redriven: number;
  /** Matched, and yet not queued: another had redriven them meanwhile, or they were forgotten. */
  readonly passedOver: number;
  /** There may be others: the limit was reached, or the signal aborted. */
  readonly more: boolean;
}

/** Goes through the tasks of one state, a page at a time: to queue them again, or to carry them off. */
export class Redriver {
  readonly #parts: Required<RedriverParts>;
  readonly #known: ReadonlySet<string>;

  constructor(parts: RedriverParts) {
    this.#parts = { page: 200, ...parts };
    this.#known = new Set(parts.labourers.map(({ id }) => id));
  }

  /**
   * Queues ended tasks again, the newest first. What was redriven has left the list, so a call that broke off is simply made again.
   *
   * The list shrinks under it and grows again, where what was redriven ends once more. The cursor says where the page ended, and not how
   * many went before, so what has left the list moves nobody across it. What ends anew is the newest of all, and lies before the first
   * page: and lest a store's index should show it further down, whatever ended after this call began is left alone.
   *
   * @throws ReeveError PART_MISSING, UNKNOWN_LABOURER, INVALID_REDRIVE: nothing was changed
   */
  async redriveAll({ signal, ...query }: RedriveAllQuery): Promise<RedriveReport> {
    const { labourer, state, limit, perSecond, from, matches } = checkRedrive(query, this.#known);
    const { foreman } = this.#parts;
    const count = { looked: 0, redriven: 0, passedOver: 0 };
    await foreman.redrive([]); // where there is nobody to do it, that is said before the first page
    let asked = 0;
    let newest: Newest | undefined;
    for await (const tasks of this.#pages({ labourer, state })) {
      if (signal?.aborted) return { ...count, more: true };
      const page = tasks.filter(hasEnded);
      newest ??= newestOf(page);
      const within = page.filter((each) => !newest?.isLater(each) && matches(each)).slice(0, limit - count.redriven);
      const redrives = within.map(({ id }, n) => ({ labourer, id, after: spread(asked + n, perSecond) }));
      const outcomes = await foreman.redrive(redrives);
      within.forEach((each, n) => {
        if (outcomes[n] === 'queued') newest?.redriven(each);
      });
      const queued = outcomes.filter((each) => each === 'queued').length;
      asked += within.length;
      count.looked += page.length;
      count.redriven += queued;
      count.passedOver += outcomes.length - queued;
      if (page.some(({ endedAt }) => endedAt < from)) break; // and all that follow ended before
      if (count.redriven >= limit) return { ...count, more: true };
    }
    return { ...count, more: false };
  }

  /** All tasks of one state, read a page at a time as they are asked for: what leaves or enters the state meanwhile may be missing. */
  async *exportTasks({ labourer, state }: Pick<ListQuery, 'labourer' | 'state'>): AsyncGenerator<TaskRecord, void, undefined> {
    checkLabourer(labourer, this.#known);
    for await (const page of this.#pages({ labourer, state })) yield* page;
  }

  async *#pages(query: { readonly labourer: string; readonly state: TaskState }): AsyncGenerator<readonly TaskRecord[], void, undefined> {
    const { reader, page: limit } = this.#parts;
    let cursor: string | undefined;
    do {
      const page = await reader.list({ ...query, limit, ...(cursor !== undefined && { cursor }) });
      cursor = page.cursor;
      yield page.tasks;
    } while (cursor !== undefined);
  }
}

const hasEnded = (task: TaskRecord): task is EndedRecord => 'endedAt' in task;

/** The end that was the newest when the call began, by the store's clock. Of those at that very instant each is redriven once. */
interface Newest {
  readonly isLater: (task: EndedRecord) => boolean;
  readonly redriven: (task: EndedRecord) => void;
}

const newestOf = ([first]: readonly EndedRecord[]): Newest | undefined => {
  if (!first) return undefined;
  const newest: EpochMs = first.endedAt;
  const done = new Set<string>();
  return {
    isLater: ({ endedAt, id }) => endedAt > newest || done.has(id),
    redriven: ({ endedAt, id }) => {
      if (endedAt === newest) done.add(id);
    },
  };
};
