import type { Health } from '../domain/health.ts';
import type { HealthCoefficients, Labourer } from '../domain/labourer.ts';
import type { Metric } from '../domain/metric.ts';
import { adaptiveOf, breakerOf } from './define-adaptive.ts';
import { byLevel, onMissingOf } from './define-levels.ts';
import { metricsOf } from './define-metrics.ts';
import { outcomesOf } from './define-outcomes.ts';
import type { Field } from './field-reader.ts';

const DEFAULT_COEFFICIENTS: HealthCoefficients = { 0: 0, 1: 0, 2: 0.5, 3: 0.75, 4: 1 };

interface Surroundings {
  readonly id: string;
  readonly cap: number;
  /** Those that are defined once for all. */
  readonly metrics: ReadonlyMap<string, Metric>;
}

export const healthOf = (field: Field, { id, cap, metrics: shared }: Surroundings): Labourer['health'] => {
  const own = field.members(['coefficients', 'onMissing', 'metrics', 'outcomes', 'adaptive', 'breaker', 'dryRun']);
  const coefficients: Record<Health, number> = { ...DEFAULT_COEFFICIENTS };
  for (const [level, share] of byLevel(own.field('coefficients'))) coefficients[level] = share.share(DEFAULT_COEFFICIENTS[level]);
  const metrics = metricsOf(own.field('metrics'), shared);
  const outcomes = outcomesOf(own.field('outcomes'), id, coefficients);
  for (const { name } of outcomes)
    if (metrics.some((each) => each.name === name))
      own.field('metrics').member(name).refuse('is the name of an outcome as well; give it another');
  const all = [...metrics, ...outcomes];
  return {
    coefficients: Object.freeze(coefficients),
    onMissing: onMissingOf(own.field('onMissing'), 'hold'),
    ...(all.length > 0 && { metrics: Object.freeze(all) }),
    ...adaptiveOf(own.field('adaptive'), cap),
    ...breakerOf(own.field('breaker')),
    ...(own.field('dryRun').flag(false) && { dryRun: true }),
  };
};
