import { closedMembers, newPart } from '../../decide/batch-entry.ts';
import { isPartClosed, type JobEntry, type KeptParts, openParts } from '../../decide/jobs/job-entry.ts';
import { FOLLOW_VERSION } from '../../decide/write-follow.ts';
import type { JsonText } from '../../domain/json.ts';
import type { BatchBook } from '../batch-book.ts';

/** The name of the batch that is a part of a job. */
export const partId = (job: string, part: number): string => `${job}.${part}`;

type Book = Pick<BatchBook, 'open' | 'sealPart' | 'abandon'>;

/** Whether the end of the task with this index in its part was counted already. */
type IsClosed = (index: number) => boolean;

const ALL: IsClosed = () => true;

/**
 * The batches that a job is made of while it is followed: so many tasks each, by their place.
 *
 * A part is opened before the first of its tasks is written, since an end that finds no batch is lost; and it is sealed when all of them
 * are, and before the place of the job moves past it. So whoever goes on at that place has all parts before it sealed, and opens and
 * seals those after it again, which changes nothing where it was done.
 */
export class PartKeeper {
  readonly #id: string;
  readonly #parts: KeptParts;
  readonly #book: Book;
  readonly #open = new Map<number, Promise<IsClosed>>();
  #sealed: number;
  readonly #job: JobEntry;

  constructor(id: string, job: JobEntry & { readonly parts: KeptParts }, book: Book) {
    this.#id = id;
    this.#job = job;
    this.#parts = job.parts;
    this.#book = book;
    this.#sealed = Math.floor(job.place / job.parts.size);
  }

  /** What is kept with the task of this place. */
  followOf(place: number): JsonText {
    const { size } = this.#parts;
    const batch = { id: partId(this.#id, Math.floor(place / size)), index: place % size };
    return JSON.stringify({ v: FOLLOW_VERSION, batch }) as JsonText;
  }

  /**
   * Opens the parts of these places.
   * @returns whether a task has ended, and its end was counted: it is not to be written again, since the store may have forgotten it
   */
  async open(from: number, count: number): Promise<(place: number) => boolean> {
    const { size } = this.#parts;
    const closed = new Map<number, IsClosed>();
    for (let part = Math.floor(from / size); part * size < from + count; part += 1) closed.set(part, await this.#openOne(part));
    return (place) => closed.get(Math.floor(place / size))?.(place % size) ?? false;
  }

  /** All tasks before this place are written. */
  async sealUpTo(place: number): Promise<void> {
    const { size } = this.#parts;
    for (; (this.#sealed + 1) * size <= place; this.#sealed += 1) await this.#seal(this.#sealed, size);
  }

  /** All are, and there are no more. */
  async sealAll(total: number): Promise<void> {
    await this.sealUpTo(total);
    const rest = total - this.#sealed * this.#parts.size;
    if (rest > 0) await this.#seal(this.#sealed, rest);
  }

  /** Its job is cancelled. */
  async abandon(): Promise<void> {
    for (const part of this.#open.keys()) await this.#book.abandon(partId(this.#id, part));
  }

  #openOne(part: number): Promise<IsClosed> {
    const known = this.#open.get(part);
    if (known) return known;
    const opening = this.#openNew(part);
    // After a failure the next tries anew.
    opening.catch(() => this.#open.delete(part));
    this.#open.set(part, opening);
    return opening;
  }

  async #openNew(part: number): Promise<IsClosed> {
    if (isPartClosed(this.#job, part)) return ALL;
    const { batch } = await this.#book.open(partId(this.#id, part), newPart(this.#parts.size, { id: this.#id, part }));
    return batch.finished ? ALL : closedMembers(batch);
  }

  async #seal(part: number, total: number): Promise<void> {
    await this.#book.sealPart(partId(this.#id, part), total);
    this.#open.delete(part);
  }
}

/** Entries of a job that will not be whole are forgotten after a while. */
export const abandonParts = async (id: string, job: JobEntry, book: Pick<BatchBook, 'abandon'>): Promise<void> => {
  for (const part of openParts(job)) await book.abandon(partId(id, part));
};
