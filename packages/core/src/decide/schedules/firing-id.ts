import type { Json } from '../../domain/json.ts';
import type { Firing } from '../../domain/schedule.ts';
import type { EpochMs } from '../../domain/time.ts';
import { derivedId } from '../read-follow.ts';

/** The id of the task of a firing: it follows from name and instant alone, so that whoever makes it, and however often, makes one. */
export const firingId = (schedule: string, instant: EpochMs): string => derivedId('schedule', schedule, instant);

/** Which run of its job a firing is. */
export const runOf = (schedule: string, instant: EpochMs): string =>
  schedule.length <= LONGEST_NAME_IN_RUN ? `${schedule} ${isoOf(instant)}` : firingId(schedule, instant);

/** A run has a name of at most 128 characters. */
const LONGEST_NAME_IN_RUN = 100;

export const payloadOf = (schedule: string, { payload, passInstant }: Extract<Firing, { kind: 'task' }>, instant: EpochMs): Json =>
  passInstant ? { schedule: { name: schedule, instant: isoOf(instant) }, payload } : payload;

const isoOf = (instant: EpochMs): string => new Date(instant).toISOString();
