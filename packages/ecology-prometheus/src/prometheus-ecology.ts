import { MetricSource } from '@reeve/core';
import { ContainerModule } from 'inversify';
import type { PrometheusEcologyOptions } from './options.ts';
import { PrometheusSource } from './prometheus-source.ts';

/**
 * For `use`: lets labourers name metrics of Prometheus.
 * @throws ReeveError INVALID_PROMETHEUS_ECOLOGY when the composition is built
 */
export const prometheusEcology = (options: PrometheusEcologyOptions): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(MetricSource)
      .toDynamicValue(() => new PrometheusSource(options))
      .inSingletonScope();
  });
