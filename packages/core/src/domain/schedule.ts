import type { Json } from './json.ts';
import type { EpochMs, Millis } from './time.ts';

/** When a schedule fires: at the instants of a cron expression as the clocks of a place show them, or every so often. */
export type Timing =
  | {
      readonly kind: 'cron';
      readonly cron: string;
      /** IANA's name of it: `Europe/Berlin`. */
      readonly timeZone: string;
    }
  | {
      readonly kind: 'every';
      readonly every: Millis;
      /** One of its instants; the others lie so many times `every` before and after it. */
      readonly anchor: EpochMs;
    };

/** What a firing makes: one task, or the tasks of a job. */
export type Firing =
  | {
      readonly kind: 'task';
      readonly labourer: string;
      readonly payload: Json;
      readonly priority?: number;
      readonly expireAfter?: Millis;
      readonly key?: string;
      /** Its payload is then `{ schedule: { name, instant }, payload }`, the instant as ISO 8601 writes it. */
      readonly passInstant?: true;
    }
  | {
      readonly kind: 'job';
      /** Whose its tasks are, as it says. */
      readonly labourer: string;
      /** The text of a job: see `planJob`. */
      readonly job: string;
    };

/**
 * What becomes of instants that nobody was there to fire at.
 * - `skip` nothing; the next one fires
 * - `last` the last of them fires, late
 * - `all`  each fires, the oldest first, and no more than the last `most`
 */
export type Missed = { readonly kind: 'skip' | 'last' } | { readonly kind: 'all'; readonly most: number };

/** What is to happen again and again. Made of a definition, every field checked; and plain data, since it is kept as JSON. */
export interface Schedule {
  readonly name: string;
  readonly timing: Timing;
  readonly firing: Firing;
  readonly missed: Missed;
  /** `skip`: an instant is passed over while the task, or a task of the job, of the firing before it has not ended. */
  readonly overlap: 'allow' | 'skip';
  /** An instant fires up to so much later, by a part of it that follows from name and instant; always before the next instant. */
  readonly jitter: Millis;
  /** No instant before this one. */
  readonly startAt?: EpochMs;
  /** No instant from this one on. */
  readonly endAt?: EpochMs;
  /** It begins paused, until `resume`. */
  readonly paused?: true;
}

/** What last came of a schedule. */
export interface Fired {
  readonly instant: EpochMs;
  readonly outcome: 'fired' | 'skipped' | 'failed';
  /** Of the task; of a job, its own. */
  readonly id?: string;
  readonly labourer?: string;
  readonly error?: string;
}

/** A schedule as it stands. */
export interface ScheduleState {
  readonly schedule: Schedule;
  /** Where its definition is: in the code of a deployment, or only in the store. */
  readonly origin: 'code' | 'store';
  /** Since when nothing fires. Absent: it is not paused. */
  readonly paused?: { readonly since: EpochMs; readonly reason?: string };
  /** The instant that comes next. Absent: it is over, or paused. */
  readonly next?: EpochMs;
  /** The firing that is under way: made, and not known to be done. */
  readonly firing?: { readonly instant: EpochMs; readonly since: EpochMs };
  readonly last?: Fired;
}
