import {
  abandoned,
  type Batch,
  closeMembers,
  finalizerPayload,
  finished,
  isToFinish,
  type KeptFinalizer,
  type PartOf,
  readBatch,
  sealed,
  sealedPart,
  writeBatch,
} from '../decide/batch-entry.ts';
import { derivedId } from '../decide/read-follow.ts';
import type { BatchCounts } from '../domain/batch.ts';
import type { Membership } from '../domain/follow.ts';
import type { NewTask, TaskKey } from '../domain/task.ts';
import { DAY, type Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Chance } from '../ports/chance.ts';
import type { End } from '../ports/outbox.ts';
import type { Change, Entry, Register, Written } from '../ports/register.ts';
import { inTime } from './in-time.ts';
import type { JobBook } from './jobs/job-book.ts';
import { type PutParts, putFinalizer } from './put-finalizer.ts';
import { Together } from './together.ts';

export interface BatchBookParts extends PutParts {
  readonly register: Register;
  readonly chance: Chance;
  /** What a batch that is part of a job tells. Absent: such a batch is reported. */
  readonly jobs?: Pick<JobBook, 'partEnded'> | undefined;
}

/** An end of a task that is one of a batch. */
export interface MemberEnd {
  readonly end: End;
  readonly member: Membership;
}

/** A batch as it lies in the register. */
export interface Kept {
  readonly batch: Batch;
  readonly stamp: string;
}

export const batchEntry = (id: string): string => `batch:${id}`;

/** How long it is known that a batch has finished: as long as stores keep ended tasks unless they are told otherwise. */
const FINISHED_LASTS: Millis = 7 * DAY;

/** A change is too late only if another was made meanwhile. So many in a row are a register that keeps no promise. */
const MOST_TRIES = 1_000;

/**
 * The register of batches. An entry is changed by comparing and setting, and every change may be made again: a place that is closed stays
 * closed, a finalizer has one id. So whoever finds that another was faster reads what he wrote, and makes what is left of his own change.
 */
export class BatchBook {
  readonly #parts: BatchBookParts;
  /** What is asked for within one turn of the event loop goes to the register in one call: the batches of a page of ends. */
  readonly #looks: Together<string, Entry | undefined>;
  readonly #changes: Together<Change, Written>;

  constructor(parts: BatchBookParts) {
    this.#parts = parts;
    const { register, clock } = parts;
    this.#looks = new Together('look', async (names) => (await inTime(clock, 'look', () => register.look(names))).entries);
    this.#changes = new Together('change', async (all) => (await inTime(clock, 'change', () => register.change(all))).outcomes);
  }

  /** @throws ReeveError BATCH_UNREADABLE */
  async find(id: string): Promise<Kept | undefined> {
    return keptOf(id, await this.#looks.ask(batchEntry(id)));
  }

  /** @returns the batch as it lies there: this one, unless there was one of this id */
  async open(id: string, batch: Batch): Promise<Kept> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const stamp = this.#parts.chance.id();
      const outcome = await this.#changes.ask({ name: batchEntry(id), value: writeBatch(batch), stamp, expected: null });
      if (outcome.kind === 'written') return { batch, stamp };
      const other = keptOf(id, outcome.entry);
      if (other) return other;
    }
    throw neverTheSame(id);
  }

  /** All members are enqueued: from now on the batch finishes with the last of them, which may have ended before. */
  async seal(id: string, kept: Kept): Promise<void> {
    const now = await this.#update(id, kept, sealed);
    if (now) await this.#finishIfDue(id, now, rethrow);
  }

  /** The same of a part of a job, which has so many members. One that is not there has finished long ago. */
  async sealPart(id: string, total: number): Promise<void> {
    const now = await this.#update(id, await this.find(id), (batch) => sealedPart(batch, total));
    if (now) await this.#finishIfDue(id, now, rethrow);
  }

  /** It will not be whole: ends are counted for a while, and then it is forgotten. */
  async abandon(id: string): Promise<void> {
    await this.#update(id, await this.find(id), abandoned);
  }

  /**
   * Counts ends of members, and finishes the batches whose last it was.
   * @param failed is told of ends that cannot be counted, ever
   */
  async close(members: readonly MemberEnd[], failed: (end: TaskKey, error: unknown) => void): Promise<void> {
    const byBatch = new Map<string, MemberEnd[]>();
    for (const each of members) {
      const others = byBatch.get(each.member.id);
      if (others) others.push(each);
      else byBatch.set(each.member.id, [each]);
    }
    await Promise.all([...byBatch].map(([id, ends]) => this.#closeOf(id, ends, failed)));
  }

  async #closeOf(id: string, ends: readonly MemberEnd[], failed: (end: TaskKey, error: unknown) => void): Promise<void> {
    const failAll = (error: unknown): void => {
      for (const { end } of ends) failed(end, error);
    };
    const closings = ends.map(({ end, member }) => ({ index: member.index, state: end.state }));
    try {
      const kept = await this.#update(id, await this.find(id), (batch) => closeMembers(batch, closings));
      if (!kept) failAll(new Error(`batch ${JSON.stringify(id)} is not known, or was finished more than a week ago`));
      // Also if there was nothing to count. Whoever counted the last may have died before the finalizer was enqueued, and this end is
      // still here because he did not come to take it out: that it is met again is what finishes the batch.
      else await this.#finishIfDue(id, kept, failAll);
    } catch (error) {
      if (!ReeveError.is(error, 'BATCH_UNREADABLE')) throw error;
      failAll(error);
    }
  }

  /**
   * What follows is done before it is written that it is: whoever dies between the two leaves a batch that the next finishes again. The
   * store knows the finalizer's id, and a job knows which of its parts it has counted.
   */
  async #finishIfDue(id: string, kept: Kept, failed: (error: unknown) => void): Promise<void> {
    const { batch } = kept;
    if (!isToFinish(batch)) return;
    if (batch.finalizer) await this.#enqueueFinalizer(id, batch, batch.finalizer, failed);
    if (batch.job) await this.#tellJob(batch.job, batch.counts, failed);
    await this.#update(id, kept, finished);
  }

  async #enqueueFinalizer(id: string, batch: Batch, finalizer: KeptFinalizer, failed: (error: unknown) => void): Promise<void> {
    const { labourer, priority, expireAfter } = finalizer;
    const task: NewTask = {
      labourer,
      id: derivedId('batch', id),
      payload: finalizerPayload(id, batch),
      ...(priority !== undefined && { priority }),
      ...(expireAfter !== undefined && { expiresAt: this.#parts.clock.now() + expireAfter }),
    };
    await putFinalizer(this.#parts, task, failed);
  }

  async #tellJob(job: PartOf, counts: BatchCounts, failed: (error: unknown) => void): Promise<void> {
    const { jobs } = this.#parts;
    if (!jobs) return failed(new Error(`it is one of job ${JSON.stringify(job.id)}, and there is nothing here that keeps jobs`));
    await jobs.partEnded(job, counts, failed);
  }

  /** @returns the entry in which there is nothing left to change; nothing if it is gone */
  async #update(id: string, kept: Kept | undefined, change: (batch: Batch) => Batch): Promise<Kept | undefined> {
    let now = kept;
    for (let tries = 0; now && tries < MOST_TRIES; tries += 1) {
      const batch = change(now.batch);
      if (batch === now.batch) return now;
      const stamp = this.#parts.chance.id();
      const keep = batch.finished || batch.abandoned ? { keep: FINISHED_LASTS } : {};
      const written = await this.#changes.ask({ name: batchEntry(id), value: writeBatch(batch), stamp, expected: now.stamp, ...keep });
      // A copy of this very change, which a network brought twice, is found like any other: there is nothing left to change in it.
      now = written.kind === 'written' ? { batch, stamp } : keptOf(id, written.entry);
    }
    if (!now) return undefined;
    throw neverTheSame(id);
  }
}

const rethrow = (error: unknown): never => {
  throw error;
};

const neverTheSame = (id: string): ReeveError =>
  new ReeveError({
    kind: 'contract',
    code: 'STORE_BROKE_CONTRACT',
    message: `change: the entry of batch ${JSON.stringify(id)} was another at each of ${MOST_TRIES} tries; run the kit of @reeve/testkit against the register`,
  });

const keptOf = (id: string, entry: Entry | undefined): Kept | undefined =>
  entry && { batch: readBatch(id, entry.value), stamp: entry.stamp };
