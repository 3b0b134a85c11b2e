import { type Batch, closedMembers, newBatch, progressOf } from '../decide/batch-entry.ts';
import { checkFinalizer, type Finalizer } from '../decide/check-finalizer.ts';
import { checkLabourer } from '../decide/check-labourer.ts';
import { checkTaskId } from '../decide/check-task.ts';
import { needed } from '../decide/needed.ts';
import { derivedId } from '../decide/read-follow.ts';
import { type BatchProgress, MOST_MEMBERS } from '../domain/batch.ts';
import type { Labourer } from '../domain/labourer.ts';
import { ReeveError } from '../errors.ts';
import type { Chance } from '../ports/chance.ts';
import type { BatchBook } from './batch-book.ts';
import type { EnqueueItem, Enqueuer, Prepared } from './enqueuer.ts';

export interface BatchItem extends Omit<EnqueueItem, 'id' | 'dedupe'> {
  readonly labourer: string;
}

export interface NewBatch {
  /** Yours: calling again with it, and with the same items, completes what broke off. Default: a new random one. */
  readonly id?: string;
  /** At most 200,000. */
  readonly items: readonly BatchItem[];
  /** Runs once when all members have ended, whatever way. Its payload is `{ batch, total, completed, dead, cancelled, dropped, payload }`. */
  readonly finalizer: Finalizer;
}

export interface EnqueuedBatch {
  readonly id: string;
  readonly total: number;
}

export interface BatchesParts {
  readonly labourers: readonly Labourer[];
  readonly enqueuer: Pick<Enqueuer, 'prepare' | 'put'>;
  /** Absent: the composition has no Register. */
  readonly book: BatchBook | undefined;
  readonly chance: Chance;
}

/** Many tasks, and one that runs when all of them have ended. */
export class Batches {
  readonly #parts: BatchesParts;
  readonly #byId: ReadonlyMap<string, Labourer>;
  readonly #names: ReadonlySet<string>;

  constructor(parts: BatchesParts) {
    this.#parts = parts;
    this.#byId = new Map(parts.labourers.map((each) => [each.id, each]));
    this.#names = new Set(this.#byId.keys());
  }

  /**
   * The entry is written first, then the members under ids that are derived from the batch's and their place, then that they are all there.
   * Whoever dies on the way leaves a batch that does not finish, since it is not sealed, and that the same call completes: it finds the
   * entry, and each member either known or not.
   * @throws ReeveError PART_MISSING, INVALID_BATCH, and those of `enqueue`: nothing was written
   */
  async enqueueBatch({ id, items, finalizer }: NewBatch): Promise<EnqueuedBatch> {
    const { chance, enqueuer } = this.#parts;
    const book = needed(this.#parts.book, 'Register', 'enqueueBatch');
    const batchId = id === undefined ? chance.id() : checkTaskId(id);
    const last = checkFinalizer(finalizer, this.#byId, fault);
    const members = await this.#members(batchId, items);
    const kept = await book.open(batchId, newBatch(members.length, last));
    const { batch } = kept;
    if (batch.total !== items.length) {
      const message = `items: batch ${JSON.stringify(batchId)} has ${batch.total} members, and here are ${items.length}; give the same items again, or another id`;
      throw new ReeveError({ kind: 'input', code: 'INVALID_BATCH', message });
    }
    if (!batch.sealed) await putOpen(batch, members, enqueuer);
    await book.seal(batchId, kept);
    return { id: batchId, total: batch.total };
  }

  /** @throws ReeveError PART_MISSING, INVALID_TASK_ID */
  async find(id: string): Promise<BatchProgress | undefined> {
    const book = needed(this.#parts.book, 'Register', 'batch');
    const kept = await book.find(checkTaskId(id));
    return kept && progressOf(id, kept.batch);
  }

  /** In the order of the items; checked whole before anything is written. */
  async #members(batch: string, items: readonly BatchItem[]): Promise<readonly Prepared[]> {
    if (!Array.isArray(items)) throw fault('items', 'is no list; give an array of { labourer, payload }');
    if (items.length > MOST_MEMBERS)
      throw fault('items', `has ${items.length} members; give ${MOST_MEMBERS} at most, and more batches with one more for all`);
    const byLabourer = new Map<string, number[]>();
    items.forEach((item, n) => {
      const labourer = checkLabourer(item?.labourer, this.#names, `items[${n}].`);
      if ('id' in item && item.id !== undefined)
        throw fault(`items[${n}].id`, `is given, and a member's id is made from the batch's and its place; leave it out`);
      if ('dedupe' in item && item.dedupe !== undefined)
        throw fault(`items[${n}].dedupe`, `is given, and the end of another task is not that of a member; leave it out`);
      const places = byLabourer.get(labourer);
      if (places) places.push(n);
      else byLabourer.set(labourer, [n]);
    });
    const members: Prepared[] = [];
    for (const [labourer, places] of byLabourer) {
      const placeOf = (n: number): number => places[n] ?? -1;
      const named = places.map((index): EnqueueItem => ({ ...(items[index] as BatchItem), id: derivedId('member', batch, index) }));
      const prepared = await this.#parts.enqueuer.prepare(
        labourer,
        named,
        (n) => `items[${placeOf(n)}].`,
        (n) => ({ id: batch, index: placeOf(n) }),
      );
      prepared.forEach((task, n) => {
        members[placeOf(n)] = task;
      });
    }
    return members;
  }
}

/** Those whose end was counted are there, or were: a call that is made again much later does not do their work again. */
const putOpen = async (batch: Batch, members: readonly Prepared[], enqueuer: Pick<Enqueuer, 'put'>): Promise<void> => {
  const isClosed = closedMembers(batch);
  await enqueuer.put(members.filter((_, index) => !isClosed(index)));
};

const fault = (field: string, problem: string): ReeveError =>
  new ReeveError({ kind: 'input', code: 'INVALID_BATCH', message: `${field} ${problem}` });
