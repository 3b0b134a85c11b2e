import type { EpochMs, Millis } from '../../domain/time.ts';
import type { LabourerDefinitions, PayloadOf } from '../labourer-definition.ts';

/** An instant: milliseconds since 1970, a Date, or a text of ISO 8601 with its offset, such as `2027-01-01T00:00:00Z`. */
export type InstantDefinition = EpochMs | Date | string;

export interface ScheduledTask<Labourer extends string = string, Payload = unknown> {
  readonly labourer: Labourer;
  /** A value that JSON can carry. Default: an empty object. */
  readonly payload?: Payload;
  /** From 0 to 9. Default: the labourer's, or 0. */
  readonly priority?: number;
  /** Dropped if no attempt was started so many milliseconds after the firing. Default: the labourer's, or never. */
  readonly expireAfter?: Millis;
  /** Whom it is done for. */
  readonly key?: string;
  /** Its payload is then `{ schedule: { name, instant }, payload }`, the instant as ISO 8601 writes it. */
  readonly passInstant?: boolean;
}

/** What happens again and again, as a person writes it down: one of `cron` and `every`, one of `enqueue` and `job`. */
export interface ScheduleDefinition<Task extends ScheduledTask = ScheduledTask> {
  /**
   * Five fields (minute, hour, day of month, month, day of week), with seconds before them six, with years after those seven; or `@hourly`,
   * `@daily`, `@weekly`, `@monthly`, `@yearly`. `L`, `W`, `#` and names of days and months are known.
   */
  readonly cron?: string;
  /** IANA's name of the place whose clocks `cron` means: `Europe/Berlin`. Default: UTC. */
  readonly timeZone?: string;
  /** Between two instants, from 1 s. */
  readonly every?: Millis;
  /** One of the instants of `every`. Default: 1970-01-01T00:00:00Z, so that an hour begins with the hour. */
  readonly anchor?: InstantDefinition;
  readonly enqueue?: Task;
  /** A job of sosw's language, as an object or as its text, which loses nothing. */
  readonly job?: unknown;
  /** What becomes of instants that nobody was there to fire at. `{ all: 10 }`: the last ten of them. Default: the last of them fires; `all` is 100. */
  readonly missed?: 'skip' | 'last' | 'all' | { readonly all: number };
  /** `skip`: not while what the firing before made has not ended. Default: allow. */
  readonly overlap?: 'allow' | 'skip';
  /** Fires up to so much later, by a part of it that follows from name and instant. Default 0. */
  readonly jitter?: Millis;
  /** No instant before this one. */
  readonly startAt?: InstantDefinition;
  /** No instant from this one on. */
  readonly endAt?: InstantDefinition;
  /** It begins paused. */
  readonly paused?: boolean;
}

/** By name. */
export type ScheduleDefinitions<Task extends ScheduledTask = ScheduledTask> = Readonly<Record<string, ScheduleDefinition<Task>>>;

/** A task of one of these labourers, with the payload that its schema takes. */
export type ScheduledTaskOf<Definitions extends LabourerDefinitions> = {
  readonly [Name in keyof Definitions & string]: ScheduledTask<Name, PayloadOf<Definitions[Name]>>;
}[keyof Definitions & string];
