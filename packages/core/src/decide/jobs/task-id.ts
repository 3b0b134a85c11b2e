import type { JobPlan, TaskContent } from '../../domain/job.ts';
import { derivedId } from '../read-follow.ts';
import { readTree } from './read-tree.ts';
import { canonicalOf } from './tree.ts';

/**
 * The id of one run of a job: the same text for the same job and run, on every machine.
 * @param run which run it is, since a job that runs daily is to make its tasks daily: the day, or the instant that a schedule fired for
 */
export const jobIdOf = ({ canonical }: Pick<JobPlan, 'canonical'>, run: string): string => derivedId('job', canonical, run);

/** A payload that is deeper, which no job makes, counts by its text. */
const DEEPEST = 512;

/** The id of a task within a job's run: it follows from what the task is, so that making it again is known to be again. */
export const taskIdOf = (job: string, { labourer, payload, place }: TaskContent): string => {
  const answer = readTree(payload, DEEPEST);
  const content = 'tree' in answer ? canonicalOf(answer.tree) : payload;
  return derivedId('task', job, labourer, content, ...(place === undefined ? [] : [place]));
};
