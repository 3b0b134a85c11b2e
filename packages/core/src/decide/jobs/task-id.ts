import type { JobPlan, TaskContent } from '../../domain/job.ts';
import type { JsonText } from '../../domain/json.ts';
import type { TaskKey } from '../../domain/task.ts';
import { derivedId, digestOf } from '../read-follow.ts';
import { readTree } from './read-tree.ts';
import { canonicalOf } from './tree.ts';

/**
 * The id of one run of a job: the same text for the same job and run, on every machine.
 * @param run which run it is, since a job that runs daily is to make its tasks daily: the day, or the instant that a schedule fired for
 */
export const jobIdOf = ({ canonical }: Pick<JobPlan, 'canonical'>, run: string): string => derivedId('job', canonical, run);

/** A payload that is deeper, which no job makes, counts by its text. */
const DEEPEST = 512;

/** What tells a task from another of the same job and place. */
export const canonicalPayload = (payload: JsonText): string => {
  const answer = readTree(payload, DEEPEST);
  return 'tree' in answer ? canonicalOf(answer.tree) : payload;
};

/** For many tasks of one job, of which it is known what `canonicalPayload` says of them. */
export const taskIdsOf = (job: string): ((task: Omit<TaskContent, 'payload'> & { readonly canonical: string }) => string) => {
  const prefix = prefixOf(job);
  return ({ labourer, canonical, place }) =>
    place === undefined ? derivedId('task', job, labourer, canonical) : prefix + digestOf(job, labourer, canonical, place).slice(0, 24);
};

/** The id of a task within a job's run: it follows from what the task is, so that making it again is known to be again. */
export const taskIdOf = (job: string, task: TaskContent): string => taskIdsOf(job)({ ...task, canonical: canonicalPayload(task.payload) });

/** Where the place counts, which nobody can see in a stored task, the id begins with something of the job. */
const prefixOf = (job: string): string => `task-${digestOf(job).slice(0, 12)}-`;

/** Tells the tasks of a job from others by what is stored of them alone. */
export const isTaskOf = (job: string): ((task: TaskKey & Pick<TaskContent, 'payload'>) => boolean) => {
  const prefix = prefixOf(job);
  const idOf = taskIdsOf(job);
  return ({ id, labourer, payload }) =>
    id.startsWith('task-') && (id.startsWith(prefix) || id === idOf({ labourer, canonical: canonicalPayload(payload) }));
};
