import { bindingScopeValues, Container, type ContainerModule } from 'inversify';
import { configFault } from '../decide/config-fault.ts';
import { defineLabourers } from '../decide/define-labourers.ts';
import type { ResourceDefinitions } from '../decide/define-limits.ts';
import type { MetricDefinitions } from '../decide/health-definition.ts';
import { jobSettingProblems } from '../decide/jobs/check-settings.ts';
import type { AllKnown, LabourerDefinitions } from '../decide/labourer-definition.ts';
import { defineSchedules } from '../decide/schedules/define-schedules.ts';
import type { ScheduleDefinitions, ScheduledTaskOf } from '../decide/schedules/schedule-definition.ts';
import { Schedules } from '../run/schedules/schedules.ts';
import { DefinedSchedules } from './bind-schedules.ts';
import { checkComposition } from './check-composition.ts';
import type { Reeve } from './reeve.ts';
import { Reeve as ReeveToken } from './reeve.ts';
import { type Limits, reeveModule } from './reeve-module.ts';
import { systemChance, systemClock } from './system.ts';
import { Chance, Clock, Labourers } from './tokens.ts';

export interface ReeveOptions<Definitions extends LabourerDefinitions = LabourerDefinitions> extends Limits {
  /** By name; or the same as JSON text. */
  readonly labourers: (Definitions & AllKnown<Definitions>) | string;
  /** By name: how many units there are of what several labourers share, such as `{ 'orders-db': 40 }`. */
  readonly resources?: ResourceDefinitions;
  /** By name: metrics that labourers name in `health.metrics`, instead of each defining them anew. */
  readonly metrics?: MetricDefinitions;
  /** By name: what happens again and again. It takes a store with a Register. */
  readonly schedules?: ScheduleDefinitions<ScheduledTaskOf<NoInfer<Definitions>>>;
  /** The parts: one store, one invoker, any number of ecologies and sources of metrics, and whatever else the parts need. */
  readonly use: readonly ContainerModule[];
}

/**
 * Puts a composition together. Nothing is opened yet: that is done by the first call that needs it.
 * @throws ReeveError INVALID_LABOURERS, INVALID_SCHEDULE, INVALID_JOB or INVALID_COMPOSITION that lists all that is wrong
 */
export const createReeve = <Definitions extends LabourerDefinitions = LabourerDefinitions>({
  labourers,
  resources,
  metrics,
  schedules,
  use,
  ...limits
}: ReeveOptions<Definitions>): Reeve<Definitions> => {
  const problems = limits.jobs === undefined ? [] : jobSettingProblems(limits.jobs);
  if (problems.length > 0) throw configFault(problems, 'This composition cannot work:', 'INVALID_COMPOSITION');
  // A store or an invoker is one, however its class was bound: two would not know what the other holds.
  const container = new Container({ defaultScope: bindingScopeValues.Singleton });
  const defined = defineLabourers(labourers, resources, metrics);
  container.bind(Labourers).toConstantValue(defined);
  if (schedules) {
    const names = new Set(defined.map(({ id }) => id));
    container.bind(DefinedSchedules).toConstantValue({ schedules: defineSchedules(schedules, names) });
  }
  container.load(reeveModule(limits), ...use);
  if (!container.isBound(Clock)) container.bind(Clock).toConstantValue(systemClock);
  if (!container.isBound(Chance)) container.bind(Chance).toConstantValue(systemChance);
  checkComposition(container);
  if (schedules) container.get(Schedules).check();
  // A container knows the class and not what it is for; the types are those of the definitions above.
  return container.get(ReeveToken) as Reeve<Definitions>;
};
