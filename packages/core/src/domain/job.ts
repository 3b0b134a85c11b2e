import type { BatchCounts } from './batch.ts';
import type { JsonText } from './json.ts';
import type { EpochMs } from './time.ts';

/** A calendar day: `2026-11-23`. */
export type Day = string;

/** Which of a job's attributes can be chunked, the outermost first, in the singular: `section`, `store`, `product`. */
export interface JobSchema {
  /** A name, or sosw's pair of a name and settings that nobody reads. */
  readonly chunkable_attrs: readonly (string | readonly [name: string, ...rest: unknown[]])[];
}

/** A period of one's own: a pattern for the whole of it (`month_to_date`, `last_[0-9]+_hours`), and the days it means. */
export type JobPeriods = Readonly<Record<string, (period: string, today: Day) => readonly Day[]>>;

export interface JobLimits {
  /** The most tasks that one job may make. Default: 1,000,000. */
  readonly maxTasks?: number;
  /** The most levels of lists and objects in a job. Default: 64. */
  readonly maxDepth?: number;
  /** The longest payload of a task, in bytes of UTF-8. Default: 1 MiB. */
  readonly maxPayloadBytes?: number;
}

export interface JobRules {
  /** The names of the labourers that there are. */
  readonly labourers: readonly string[];
  readonly job_schema?: JobSchema;
  /** By name, for jobs that say `job_schema_name`; `default` is for the others, and `job_schema` where that is not given. */
  readonly job_schema_variants?: Readonly<Record<string, JobSchema>>;
  readonly now: EpochMs;
  /** IANA's name of where it is today: `Europe/Berlin`. Default: UTC. */
  readonly timeZone?: string;
  readonly periods?: JobPeriods;
  /**
   * Whose tasks they are to be, where two versions of sosw differ. Default: 0.7.47.
   * - `0.7.47` levels inherit `isolate_...` from those around them; such settings stay in the payload
   * - `0.7.31` each level is chunked by what itself and those in it say; `isolate_...` of a chunked attribute leaves the payload
   */
  readonly sosw?: '0.7.31' | '0.7.47';
  /**
   * What `period` means in a job of which nothing else is chunked. Default: `chunk`.
   * - `chunk` the same as elsewhere: the task gets a `date_list`, and with `isolate_days` each day its own task
   * - `keep`  nothing, as in sosw: the worker gets `period` as it is written
   */
  readonly lonePeriod?: 'chunk' | 'keep';
  /**
   * A value that is to be chunked and is empty, or not there. Default: `refuse`.
   * - `refuse` the whole job, with the path
   * - `skip`   no task comes of it, as in sosw, and nobody is told
   */
  readonly empty?: 'refuse' | 'skip';
  readonly limits?: JobLimits;
}

/** The rules of a composition: its labourers are known, and the time is its clock's. */
export type JobSettings = Omit<JobRules, 'labourers' | 'now'>;

/** What makes one task of a job that task, and no other. */
export interface TaskContent {
  readonly labourer: string;
  readonly payload: JsonText;
  /** Its place in the job, from 0. Only where a job names a value twice, so that two tasks may have the same payload. */
  readonly place?: number;
}

/** What a job comes to. Nothing is made yet, but all is checked. */
export interface JobPlan {
  readonly labourer: string;
  /** How many tasks there are. */
  readonly total: number;
  /** The bytes of the longest payload. */
  readonly largest: number;
  /** A text that two jobs share if they mean the same tasks, whatever the order of their members and how their numbers are written. */
  readonly canonical: string;
  /** The job as JSON text, with its members in the order in which they make tasks. */
  readonly text: string;
  /** Two plans share it if they make the same tasks in the same order. */
  readonly fingerprint: string;
  /**
   * One after the other, always in the same order. What is not asked for is not made.
   * @param from the place of the first, from 0: those before it are counted, and not made
   */
  tasks(from?: number): Generator<TaskContent, void, undefined>;
}

/**
 * - `creating`   not all of its tasks are enqueued: the same call, or `continueJobs`, goes on
 * - `created`    all are
 * - `ended`      and all have ended. Only of a job that is followed
 * - `cancelled`  no more are enqueued, and those that had not ended are cancelled
 */
export type JobState = 'creating' | 'created' | 'ended' | 'cancelled';

/** How far a call of `runJob` came. */
export interface JobRun {
  readonly id: string;
  readonly run: string;
  readonly state: JobState;
  /** So many tasks, the first ones, are enqueued for sure. */
  readonly place: number;
  /** Absent: it is a stream, and its end was not met yet. */
  readonly total?: number;
  /** `continueJobs` can go on with it. If not, it goes on when the same call is made again. */
  readonly kept: boolean;
}

/** How its tasks have ended so far. Absent where a job is not followed: to count the ends costs something for each task. */
export interface JobProgress extends Partial<BatchCounts> {
  readonly id: string;
  readonly run: string;
  readonly labourer: string;
  readonly state: JobState;
  /** So many are enqueued for sure; while it is being created there may be some thousands more. */
  readonly created: number;
  /** Absent: it is a stream, and its end was not met yet. */
  readonly total?: number;
}
