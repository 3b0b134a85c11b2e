import { configFault, type LabourerDefinition, MINUTE, type Millis, type Problem, type ResourceDefinitions, SECOND } from '@reeve/core';
import type { ContainerModule } from 'inversify';
import { type Arrivals, type Rate, rateOf } from './arrivals.ts';
import { type DownstreamModel, steady } from './models/model.ts';
import type { Service } from './service.ts';

export interface RehearseRequest {
  /** The labourer as it is to stand in production: its cap, its lease, its retry, its health. Metrics are read from the downstream. */
  readonly policy: LabourerDefinition;
  /** The tasks that come. */
  readonly arrivals: Arrivals;
  /** How long an attempt takes where nothing else runs. */
  readonly service: Service;
  /** What the workers depend on. Default: it takes whatever comes. */
  readonly downstream?: DownstreamModel;
  /** Further parts, such as an ecology of your own. A part that is loaded into several processes is made for each. */
  readonly use?: readonly ContainerModule[];
  /** Virtual time. Default: as long as the curve of the arrivals, or 10 minutes. */
  readonly duration?: Millis;
  /** Everything that is drawn comes of it. Default 1. */
  readonly seed?: number;
  /** What the policy draws on, as for `createReeve`. */
  readonly resources?: ResourceDefinitions;
  /** Tasks that wait when it begins. Default 0. */
  readonly backlog?: number;
  /** Processes that serve the labourer side by side. Default 1. */
  readonly processes?: number;
  /** How often health is looked at, as for `reeve.run`. Default 10 s. */
  readonly assessEvery?: Millis;
  /** How old what a metric source tells is: CloudWatch knows a minute after it happened. Default 0. */
  readonly metricDelay?: Millis;
  /** Between two moments of the series. Default 1 s. */
  readonly step?: Millis;
}

/** A request, every field checked. */
export interface Plan extends Required<Omit<RehearseRequest, 'arrivals'>> {
  readonly rate: Rate;
}

/** @throws ReeveError INVALID_REHEARSAL that lists all that is wrong */
export const planOf = (request: RehearseRequest): Plan => {
  const rate = rateOf(request.arrivals);
  const plan: Plan = {
    policy: request.policy,
    service: request.service,
    rate,
    resources: request.resources ?? {},
    downstream: request.downstream ?? steady(),
    use: request.use ?? [],
    duration: request.duration ?? rate.length ?? 10 * MINUTE,
    seed: request.seed ?? 1,
    backlog: request.backlog ?? 0,
    processes: request.processes ?? 1,
    assessEvery: request.assessEvery ?? 10 * SECOND,
    metricDelay: request.metricDelay ?? 0,
    step: request.step ?? SECOND,
  };
  const problems = [
    ...(typeof request.arrivals === 'number' ? atLeast(0, 'arrivals', request.arrivals, 'tasks in a second') : []),
    ...(typeof plan.service === 'number' ? atLeast(1, 'service', plan.service, 'milliseconds') : []),
    ...whole(1, 'duration', plan.duration),
    ...whole(0, 'seed', plan.seed),
    ...whole(0, 'backlog', plan.backlog),
    ...whole(1, 'processes', plan.processes),
    ...whole(1, 'assessEvery', plan.assessEvery),
    ...whole(0, 'metricDelay', plan.metricDelay),
    ...whole(1, 'step', plan.step),
  ];
  if (problems.length > 0) throw configFault(problems, 'This rehearsal cannot be played:', 'INVALID_REHEARSAL');
  return plan;
};

const atLeast = (least: number, path: string, value: number, unit: string): readonly Problem[] =>
  Number.isFinite(value) && value >= least ? [] : [{ path, problem: `${value} is no number of ${unit}; give ${least} or more` }];

const whole = (least: number, path: string, value: number): readonly Problem[] =>
  Number.isSafeInteger(value) && value >= least ? [] : [{ path, problem: `${value} is no whole number from ${least}; give one` }];
