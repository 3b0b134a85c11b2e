import type { ContainerModuleLoadOptions, ServiceIdentifier } from 'inversify';
import type { Schedule } from '../domain/schedule.ts';
import { Enqueuer } from '../run/enqueuer.ts';
import { Events } from '../run/events.ts';
import { Jobs } from '../run/jobs/jobs.ts';
import { Schedules } from '../run/schedules/schedules.ts';
import { optional } from './bind-operators.ts';
import { scheduledJobs } from './scheduled-jobs.ts';
import { Chance, Clock, Labourers, Register, TaskReader } from './tokens.ts';

/** The schedules that code defines, as `defineSchedules` makes them. Absent: there are none. */
export interface DefinedSchedules {
  readonly schedules: readonly Schedule[];
}
export const DefinedSchedules: ServiceIdentifier<DefinedSchedules> = Symbol.for('@reeve/core:DefinedSchedules');

export const bindSchedules = (bind: ContainerModuleLoadOptions['bind']): void => {
  bind(Schedules)
    .toResolvedValue(
      (
        labourers: Labourers,
        [defined]: DefinedSchedules[],
        [register]: Register[],
        enqueuer: Enqueuer,
        reader: TaskReader,
        clock: Clock,
        chance: Chance,
        events: Events,
        jobs: Jobs,
      ) => {
        const names = new Set(labourers.map(({ id }) => id));
        return new Schedules({
          ...defined,
          labourers: names,
          register,
          enqueuer,
          reader,
          clock,
          chance,
          events,
          jobs: scheduledJobs(jobs),
        });
      },
      [Labourers, optional<DefinedSchedules>(DefinedSchedules), optional(Register), Enqueuer, TaskReader, Clock, Chance, Events, Jobs],
    )
    .inSingletonScope();
};
