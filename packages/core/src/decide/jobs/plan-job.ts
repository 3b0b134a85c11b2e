import type { Day, JobLimits, JobPlan, JobRules, TaskContent } from '../../domain/job.ts';
import type { JsonText } from '../../domain/json.ts';
import type { Problem } from '../../ports/invoker.ts';
import { Field, FieldReader } from '../field-reader.ts';
import { type Chunking, needsChunking } from './attributes.ts';
import { countOf } from './count.ts';
import { jobFault, type Path, placeOf, refusal } from './job-fault.ts';
import { checkNames, payloadOf } from './payload-of.ts';
import { dayListsOf } from './read-days.ts';
import { type Job, readJob } from './read-job.ts';
import { canonicalOf, type Dict, isTruthy, stringOf, type Tree, textOf } from './tree.ts';
import { type Group, groupsOf } from './walk.ts';

/**
 * Turns a job of sosw's language into the tasks that it means. Everything is checked before the first task is made, by counting; the
 * tasks themselves are made one by one, when they are asked for.
 * @param event the job, as an object or as JSON text, which loses nothing
 * @throws ReeveError INVALID_JOB with the path of each fault
 */
export const planJob = (event: unknown, rules: JobRules): JobPlan => {
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
  return {
    labourer: job.labourer,
    total,
    largest,
    // As long as the job itself, so it is made when it is asked for, and not kept.
    get canonical() {
      return `${job.labourer} ${canonicalOf([...job.attributes.map((name) => JSON.stringify(name)), job.body])}`;
    },
    tasks: () => tasksOf(job.labourer, parts, mayRepeat),
  };
};

/** The end of the year 9999: a day has a year of four digits. */
const LAST_INSTANT = Date.UTC(9_999, 11, 30);

interface Parts {
  /** The job once for each list of days. */
  readonly bases: readonly Dict[];
  readonly groups: (base: Dict) => Iterable<Group>;
}

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

function* tasksOf(labourer: string, { bases, groups }: Parts, mayRepeat: boolean): Generator<TaskContent, void, undefined> {
  let place = 0;
  for (const base of bases) {
    for (const group of groups(base)) {
      for (const task of batchesOf(group)) {
        yield { labourer, payload: textOf(payloadOf(task)) as JsonText, ...(mayRepeat && { place }) };
        place += 1;
      }
    }
  }
}

function* batchesOf({ task, batches }: Group): Generator<Dict, void, undefined> {
  if (!batches) return yield task;
  const { name, values, size } = batches;
  let batch: Tree[] = [];
  for (const value of values.items) {
    batch.push(value);
    if (batch.length < size) continue;
    yield new Map(task).set(name, batch);
    batch = [];
  }
  if (batch.length > 0) yield new Map(task).set(name, batch);
}

/** @throws ReeveError INVALID_JOB: these, or a rule that has but a few values, are given wrongly */
const limitsOf = ({ limits, now, sosw, lonePeriod, empty }: JobRules): Required<JobLimits> => {
  const problems: Problem[] = [];
  new Field('now', now, problems).whole(0, LAST_INSTANT);
  new Field('sosw', sosw, problems).oneOf(['0.7.31', '0.7.47'], '0.7.47');
  new Field('empty', empty, problems).oneOf(['refuse', 'skip'], 'refuse');
  new Field('lonePeriod', lonePeriod, problems).oneOf(['chunk', 'keep'], 'chunk');
  const given = new FieldReader('limits', limits ?? {}, problems);
  const read = {
    maxTasks: given.field('maxTasks').whole(1, 1_000_000_000, 1_000_000),
    maxDepth: given.field('maxDepth').whole(1, 512, 64),
    maxPayloadBytes: given.field('maxPayloadBytes').whole(2, 512 * 1024 * 1024, 1024 * 1024),
  };
  if (problems.length > 0) throw jobFault(problems);
  return read;
};

const checkSize = (total: number, largest: number, { maxTasks, maxPayloadBytes }: Required<JobLimits>): void => {
  if (total > maxTasks)
    throw refusal(
      'job',
      `would make ${total} tasks, more than the ${maxTasks} allowed; chunk it in larger batches, or raise limits.maxTasks`,
    );
  if (largest > maxPayloadBytes)
    throw refusal('job', `would make a payload of ${largest} bytes, more than the ${maxPayloadBytes} allowed; chunk it in smaller batches`);
};
