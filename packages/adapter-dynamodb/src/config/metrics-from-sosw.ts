import type { Problem } from '@reeve/core';
import { type Settings, settings } from './sosw-shape.ts';

/** Where its ecology is configured: the documented key, and that of sosw's own tests. */
const ECOLOGY_KEYS = ['ecology_config', 'ecology_client_config'] as const;

/**
 * A labourer's `health_metrics` as metrics of core's, which takes them as they stand. What a metric leaves out is as the ecology's
 * `default_metric_values` have it.
 * @returns `undefined` if there are none, so that no source has to be there
 */
export const metricsFromSosw = (given: unknown, path: string, defaults: Settings, problems: Problem[]): Settings | undefined => {
  const metrics = settings(given ?? undefined, path, problems); // sosw takes None for no metrics
  const entries = Object.entries(metrics).map(([name, value]) => {
    const own = settings(value, `${path}.${name}`, problems);
    // Its details lie beside the feelings in older examples.
    if (own['details'] === undefined) return [name, { ...defaults, ...own }] as const;
    return [name, { ...own, details: { ...defaults, ...settings(own['details'], `${path}.${name}.details`, problems) } }] as const;
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
};

/** sosw's `default_metric_values`: what is the same for all metrics. */
export const metricDefaults = (client: Settings, pathOf: (...names: readonly string[]) => string, problems: Problem[]): Settings => {
  const [key = ECOLOGY_KEYS[0]] = ECOLOGY_KEYS.filter((each) => client[each] !== undefined);
  const ecology = settings(client[key] ?? undefined, pathOf(key), problems);
  return settings(ecology['default_metric_values'], pathOf(key, 'default_metric_values'), problems);
};
