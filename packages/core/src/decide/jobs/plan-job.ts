import type { Day, JobPlan, JobRules } from '../../domain/job.ts';
import type { Problem } from '../../ports/invoker.ts';
import { digestOf } from '../read-follow.ts';
import { type Chunking, needsChunking } from './attributes.ts';
import { countOf } from './count.ts';
import { jobFault, type Path, placeOf } from './job-fault.ts';
import { checkSize, limitsOf } from './limits.ts';
import { contentsOf, type MadeTask, type Parts, tasksOf } from './make-tasks.ts';
import { checkNames } from './payload-of.ts';
import { dayListsOf } from './read-days.ts';
import { type Job, readJob } from './read-job.ts';
import { canonicalOf, type Dict, isTruthy, NULL, stringOf, type Tree, textOf } from './tree.ts';
import { type Group, groupsOf } from './walk.ts';

/**
 * Turns a job of sosw's language into the tasks that it means. Everything is checked before the first task is made, by counting; the
 * tasks themselves are made one by one, when they are asked for.
 * @param event the job, as an object or as JSON text, which loses nothing
 * @throws ReeveError INVALID_JOB with the path of each fault
 */
export const planJob = (event: unknown, rules: JobRules): JobPlan => planWhole(event, rules);

/** A plan that also says of each task what its id is made from, which costs less than to work it out of the payload again. */
export interface WholePlan extends JobPlan {
  made(from?: number): Generator<MadeTask, void, undefined>;
}

/** @throws ReeveError INVALID_JOB */
export const planWhole = (event: unknown, rules: JobRules): WholePlan => {
  const limits = limitsOf(rules);
  const job = readJob(event, rules, limits.maxDepth);
  const problems = new Map<string, Problem>();
  let mayRepeat = false;
  const refuse = (path: Path, problem: string): void => {
    // A level may be looked at more than once.
    problems.set(`${placeOf(path)}: ${problem}`, { path: placeOf(path), problem });
  };
  const chunking: Chunking = {
    attributes: job.attributes,
    inherits: rules.sosw !== '0.7.31',
    refuse,
    refuseEmpty: rules.empty === 'skip' ? (): void => undefined : refuse,
    mayRepeat: () => {
      mayRepeat = true;
    },
  };
  const parts = partsOf(job, rules, chunking);
  let [total, largest] = [0, 0];
  for (const group of parts.groups(parts.bases[0] ?? new Map())) {
    const count = countOf(group);
    total += count.total;
    largest = Math.max(largest, count.largest);
    mayRepeat ||= count.repeats;
  }
  if (problems.size > 0) throw jobFault([...problems.values()]);
  // Every day makes the same tasks, and the name of every day is equally long.
  total *= parts.bases.length;
  checkSize(total, largest, limits);
  const made = (from = 0): Generator<MadeTask, void, undefined> =>
    tasksOf(job.labourer, parts, mayRepeat, { from, perBase: total / parts.bases.length });
  return {
    labourer: job.labourer,
    total,
    largest,
    // As long as the job itself, so it is made when it is asked for, and not kept.
    get canonical() {
      return `${job.labourer} ${canonicalOf([...job.attributes.map((name) => JSON.stringify(name)), job.body])}`;
    },
    get text() {
      return textOf(new Map([['lambda_name', JSON.stringify(job.labourer)], ...job.body]));
    },
    get fingerprint() {
      // The order counts, since it is by their number that tasks which are there are passed over; so do the days that it was, and all
      // rules by which other tasks would come of the same text.
      const { sosw = '0.7.47', lonePeriod = 'chunk', empty = 'refuse' } = rules;
      const days = parts.bases.map((base) => textOf(base.get('date_list') ?? NULL));
      return digestOf(sosw, lonePeriod, empty, job.attributes.join(), ...days, this.text);
    },
    tasks: (from) => contentsOf(made(from)),
    made,
  };
};

const partsOf = ({ labourer, body }: Job, rules: JobRules, chunking: Chunking): Parts => {
  const path: Path = [];
  const isChunked = needsChunking(chunking, 0, body, new Map(), path);
  const days = isChunked || rules.lonePeriod !== 'keep' ? dayListsOf(body, rules) : [];
  const groups = isChunked
    ? (base: Dict): Iterable<Group> => groupsOf(chunking, 0, base, new Map(), path)
    : (task: Dict) => [{ task, path }];
  if (!isChunked) {
    checkNames(body, path, chunking.refuse);
    const own = body.get('labourer_id');
    if (isTruthy(own) && stringOf(own) !== labourer) chunking.refuse(['labourer_id'], `is not that of lambda_name; leave it out`);
    if (days.length === 0) return { bases: [body], groups };
  }
  return { bases: days.length === 0 ? [withoutPeriod(body)] : days.map((each) => onDays(body, each)), groups };
};

const withoutPeriod = (body: Dict): Map<string, Tree> => {
  const rest = new Map(body);
  rest.delete('period');
  rest.delete('isolate_days');
  return rest;
};

const onDays = (body: Dict, days: readonly Day[]): Dict =>
  withoutPeriod(body).set(
    'date_list',
    days.map((day) => JSON.stringify(day)),
  );
