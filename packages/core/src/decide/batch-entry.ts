/**
 * What all processes know of a batch: the text of one entry of the register. Which members have ended is a map of bits, so that an end
 * which is met twice, or by two, or of a member that was redriven, counts once. 200,000 of them are 33,336 characters of base64: with a
 * finalizer's payload of 16 KiB the entry stays well under the 64 KiB that a register takes.
 */
import type { BatchCounts, BatchProgress } from '../domain/batch.ts';
import type { JsonText } from '../domain/json.ts';
import type { Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { End } from '../ports/outbox.ts';
import { BitMap } from './bit-map.ts';

const VERSION = 1;

export interface KeptFinalizer {
  readonly labourer: string;
  readonly payload?: unknown;
  readonly priority?: number;
  readonly expireAfter?: Millis;
}

export interface Batch {
  readonly v: typeof VERSION;
  readonly total: number;
  /** Of a batch of its own. */
  readonly finalizer?: KeptFinalizer;
  /** Of a batch that is part of a job: what is to be told when all have ended. */
  readonly job?: PartOf;
  /** One bit for each member whose end was counted, the first in the lowest of the first byte, as base64. */
  readonly closed: string;
  readonly counts: BatchCounts;
  /** All members are enqueued. */
  readonly sealed?: true;
  /** So is the finalizer. */
  readonly finished?: true;
  /** Its job is cancelled: it will not be whole, and is forgotten after a while. */
  readonly abandoned?: true;
}

/** Which part of which job. */
export interface PartOf {
  readonly id: string;
  readonly part: number;
}

export interface Closing {
  readonly index: number;
  readonly state: End['state'];
}

const NONE: BatchCounts = { completed: 0, dead: 0, cancelled: 0, dropped: 0 };

export const newBatch = (total: number, finalizer: KeptFinalizer): Batch => ({ v: VERSION, total, finalizer, closed: '', counts: NONE });

/** @param total as many as a part has at most, until it is known how many there are */
export const newPart = (total: number, job: PartOf): Batch => ({ v: VERSION, total, job, closed: '', counts: NONE });

/** Counts each of these ends whose member was not counted. @returns the very batch that it was given if there is none */
export const closeMembers = (batch: Batch, closings: readonly Closing[]): Batch => {
  if (batch.finished) return batch; // a member that was redriven, and its first end is the one that counts
  const bits = new BitMap(batch.closed, batch.total);
  const counts = { ...batch.counts };
  let isChanged = false;
  for (const { index, state } of closings) {
    if (index >= batch.total || bits.has(index)) continue;
    bits.add(index);
    counts[state] += 1;
    isChanged = true;
  }
  return isChanged ? { ...batch, counts, closed: bits.text } : batch;
};

/** Whether the end of a member was counted. */
export const closedMembers = ({ closed }: Batch): ((index: number) => boolean) => {
  const bits = new BitMap(closed);
  return (index) => bits.has(index);
};

const countOf = ({ completed, dead, cancelled, dropped }: BatchCounts): number => completed + dead + cancelled + dropped;

/** Its members are all enqueued and have all ended, and nobody has written yet that the finalizer is enqueued. */
export const isToFinish = (batch: Batch): boolean =>
  batch.sealed === true && batch.finished !== true && countOf(batch.counts) >= batch.total;

export const progressOf = (id: string, { total, counts, ...batch }: Batch): BatchProgress => ({
  id,
  total,
  ...counts,
  open: total - countOf(counts),
  sealed: batch.sealed === true,
  finished: batch.finished === true,
});

/** All is counted, so the map has done its work. */
export const finished = (batch: Batch): Batch => (batch.finished ? batch : { ...batch, closed: '', finished: true });

export const sealed = (batch: Batch): Batch => (batch.sealed ? batch : { ...batch, sealed: true });

/** All of a part are enqueued, and so many they are. */
export const sealedPart = (batch: Batch, total: number): Batch =>
  batch.sealed || batch.finished ? batch : { ...batch, total, sealed: true };

export const abandoned = (batch: Batch): Batch => (batch.abandoned || batch.finished ? batch : { ...batch, abandoned: true });

/** What the finalizer is told. */
export const finalizerPayload = (id: string, { total, counts, finalizer }: Batch): JsonText => {
  const payload = finalizer?.payload;
  return JSON.stringify({ batch: id, total, ...counts, ...(payload !== undefined && { payload }) }) as JsonText;
};

export const writeBatch = (batch: Batch): JsonText => JSON.stringify(batch) as JsonText;

/** @throws ReeveError BATCH_UNREADABLE */
export const readBatch = (id: string, text: string): Batch => {
  const batch = parsed(text);
  if (batch) return batch;
  const message = `batch ${JSON.stringify(id.slice(0, 128))}: its entry in the register cannot be read; a newer version has written it, or something else`;
  throw new ReeveError({ kind: 'contract', code: 'BATCH_UNREADABLE', message });
};

const isPartOf = (job: PartOf | undefined): boolean => typeof job?.id === 'string' && Number.isSafeInteger(job.part);

const parsed = (text: string): Batch | undefined => {
  try {
    const batch = JSON.parse(text) as Partial<Batch> | null;
    const isWhole =
      batch?.v === VERSION &&
      Number.isSafeInteger(batch.total) &&
      typeof batch.closed === 'string' &&
      (typeof batch.finalizer?.labourer === 'string' || isPartOf(batch.job)) &&
      Object.keys(NONE).every((state) => Number.isSafeInteger(batch.counts?.[state as keyof BatchCounts]));
    return isWhole ? (batch as Batch) : undefined;
  } catch {
    return undefined;
  }
};
