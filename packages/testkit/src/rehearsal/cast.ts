import {
  Chance,
  Clock,
  createReeve,
  defineLabourers,
  inProcessInvoker,
  type Labourer,
  type LabourerDefinitions,
  MemoryTaskStore,
  MetricSource,
  MINUTE,
  Operator,
  Outbox,
  type Reeve,
  Register,
  TaskReader,
  TaskStore,
} from '@reeve/core';
import { ContainerModule } from 'inversify';
import { Stream } from '../sim/stream.ts';
import { ModelHistory, sourcesOf } from './read-model.ts';
import type { Plan } from './request.ts';
import { Stage } from './stage.ts';
import type { StageClock } from './stage-clock.ts';

/** The one labourer of a rehearsal. */
export const WORK = 'work';

/** Everybody who is on the stage. */
export interface Cast {
  readonly labourer: Labourer;
  readonly stage: Stage;
  readonly processes: readonly Reeve<LabourerDefinitions>[];
  /** What can be read of the downstream from now on. */
  readonly remember: () => void;
}

/** The real core, in as many processes as the plan says, over one store; and what they work on. */
export const castFor = (plan: Plan, clock: StageClock): Cast => {
  const { schema: _, result: __, ...policy } = plan.policy; // the tasks of a rehearsal carry nothing
  const labourers = { [WORK]: policy };
  const [labourer] = defineLabourers(labourers, plan.resources) as readonly [Labourer];
  const downstream = plan.downstream(new Stream(plan.seed, 'downstream'));
  const stage = new Stage({
    clock,
    downstream,
    service: plan.service,
    chance: new Stream(plan.seed, 'service'),
    lease: labourer.lease.duration,
  });
  const history = new ModelHistory(plan.metricDelay);
  const sources = sourcesOf(labourer, stage.metrics, (number) => history.read(clock.now(), number));
  const store = new MemoryTaskStore({ clock, keepEnded: MINUTE });
  const shared = new ContainerModule(({ bind }) => {
    bind(TaskStore).toConstantValue(store);
    bind(TaskReader).toConstantValue(store);
    bind(Operator).toConstantValue(store);
    bind(Outbox).toConstantValue(store);
    bind(Register).toConstantValue(store);
    for (const source of sources) bind(MetricSource).toConstantValue(source);
    bind(Clock).toConstantValue(clock);
  });
  const processes = Array.from({ length: plan.processes }, (_each, n) => {
    const own = new ContainerModule(({ bind }) => void bind(Chance).toConstantValue(new Stream(plan.seed, `process-${n + 1}`)));
    const workers = inProcessInvoker({ handlers: { [WORK]: stage.handler } });
    return createReeve<LabourerDefinitions>({ labourers, resources: plan.resources, use: [shared, own, workers, ...plan.use] });
  });
  return { labourer, stage, processes, remember: () => history.add(clock.now(), stage.metrics) };
};
