import { type JobEntry, NO_ENDS, openParts, progressOf, sumOf } from '../../decide/jobs/job-entry.ts';
import type { JobProgress } from '../../domain/job.ts';
import type { BatchBook } from '../batch-book.ts';
import { partId } from './part-keeper.ts';

/**
 * How far a job is. Its own entry says what parts that are closed came to; the others are asked. A part that closes meanwhile is still there
 * to be asked, for a week, so it counts once.
 */
export const progressIn = async (batches: Pick<BatchBook, 'find'>, id: string, job: JobEntry): Promise<JobProgress> => {
  const { parts } = job;
  if (!parts) return progressOf(id, job, NO_ENDS);
  let open = NO_ENDS;
  for (const part of openParts(job)) {
    const kept = await batches.find(partId(id, part));
    if (kept) open = sumOf(open, kept.batch.counts);
  }
  return progressOf(id, job, open);
};
