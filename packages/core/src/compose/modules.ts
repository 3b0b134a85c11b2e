import { ContainerModule } from 'inversify';
import type { LabourerDefinitions } from '../decide/labourer-definition.ts';
import type { Health } from '../domain/health.ts';
import type { Millis } from '../domain/time.ts';
import { MemoryTaskStore } from '../memory/memory-task-store.ts';
import { InProcessInvoker, type InProcessOptions } from '../run/in-process-invoker.ts';
import { checkProbes, ProbeSource, type Probes } from '../run/probe-source.ts';
import { StaticEcology } from '../run/static-ecology.ts';
import { Clock, EcologyProvider, Invoker, MetricSource, Operator, Outbox, Register, TaskReader, TaskStore } from './tokens.ts';

/** Keeps tasks in this process's memory: for tests, for trying things out, for work that may be forgotten. */
export const memoryStore = (options: { readonly keepEnded?: Millis } = {}): ContainerModule =>
  new ContainerModule(({ bind }) => {
    // A name of its own, so that two stores in one composition are told apart, counted and refused.
    const own = Symbol('memory store');
    bind(own)
      .toResolvedValue((clock: Clock) => new MemoryTaskStore({ ...options, clock }), [Clock])
      .inSingletonScope();
    bind(TaskStore).toService(own);
    bind(TaskReader).toService(own);
    bind(Operator).toService(own);
    bind(Outbox).toService(own);
    bind(Register).toService(own);
  });

/**
 * Runs the workers as functions in this process.
 *
 * With the type of the definitions (`inProcessInvoker<typeof labourers>({ handlers })`) each handler has the types of its labourer's schema.
 */
export const inProcessInvoker = <Definitions extends LabourerDefinitions = LabourerDefinitions>(
  options: InProcessOptions<NoInfer<Definitions>>,
): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(Invoker).toConstantValue(new InProcessInvoker(options));
  });

/** Health by decree: one level for all, or a level by labourer. */
export const staticEcology = (level?: Health | Readonly<Record<string, Health>>): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(EcologyProvider).toConstantValue(new StaticEcology(level));
  });

/**
 * Numbers that this process measures by itself, for metrics of the source "probe", whose queries are these names.
 * @throws ReeveError INVALID_PROBES that lists all that is wrong
 */
export const probes = (all: Probes): ContainerModule => {
  checkProbes(all);
  return new ContainerModule(({ bind }) => {
    bind(MetricSource)
      .toResolvedValue((clock: Clock) => new ProbeSource(all, clock), [Clock])
      .inSingletonScope();
  });
};
