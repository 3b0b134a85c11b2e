/** For functions that start no worker and read no metric: their roles would not let them. */
import { Invoker, MetricSource } from '@reeve/core';
import type { Parts } from '@reeve/lambda';
import { ContainerModule } from 'inversify';

const never = (what: string): Promise<never> => Promise.reject(new Error(`${what} is for the orchestrator alone`));

const invoker = new ContainerModule(({ bind }) => {
  bind(Invoker).toConstantValue({ invoke: () => never('starting workers') });
});

/** Metrics of labourers name their source, which must be there for the labourers to be read. */
const ecology = new ContainerModule(({ bind }) => {
  bind(MetricSource).toConstantValue({ name: 'cloudwatch', check: () => undefined, read: () => never('reading metrics') });
});

export const withoutWorkers: Partial<Parts> = { invoker, ecology };
