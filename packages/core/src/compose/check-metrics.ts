import type { Container } from 'inversify';
import { OUTCOMES } from '../decide/define-outcomes.ts';
import type { Metric } from '../domain/metric.ts';
import type { Problem } from '../ports/invoker.ts';
import type { MetricSource as Source } from '../ports/metric-source.ts';
import { Labourers, MetricSource } from './tokens.ts';

/** What provides the sources that have a name of their own. */
const REMEDIES: Readonly<Record<string, string>> = {
  cloudwatch: 'add cloudwatchEcology() of @reeve/ecology-cloudwatch to use',
  prometheus: 'add prometheusEcology({ url }) of @reeve/ecology-prometheus to use',
  probe: 'add probes({ ... }) to use',
};

/** Each metric has its source, once, and the source can read it. */
export const metricProblems = (container: Container): readonly Problem[] => {
  const sources = container.isBound(MetricSource) ? container.getAll(MetricSource) : [];
  const problems = sources.flatMap((each, n) => sourceProblems(each, sources.slice(0, n)));
  if (problems.length > 0) return problems;
  const checked = new Set<Metric>();
  return container.get(Labourers).flatMap(({ id, health }) =>
    (health.metrics ?? []).flatMap((metric) => {
      if (checked.has(metric)) return []; // shared by several labourers: one mistake is told once
      checked.add(metric);
      const problem = problemOf(metric, sources);
      const place = metric.source === OUTCOMES ? 'outcomes' : 'metrics';
      return problem === undefined ? [] : [{ path: `labourers.${id}.health.${place}.${metric.name}`, problem }];
    }),
  );
};

const sourceProblems = (source: Source, others: readonly Source[]): readonly Problem[] => {
  const { name } = source;
  const lacking = (['check', 'read'] as const).filter((each) => typeof source[each] !== 'function');
  if (typeof name !== 'string' || lacking.length > 0)
    return [{ path: 'use (MetricSource)', problem: `it lacks ${lacking[0] ?? 'name'}; give an object that implements MetricSource` }];
  if (!others.some((each) => each.name === name)) return [];
  return [{ path: `use (MetricSource ${name})`, problem: 'two sources have this name; leave one, or give the other another name' }];
};

const problemOf = ({ source, query }: Metric, sources: readonly Source[]): string | undefined => {
  const found = sources.find(({ name }) => name === source);
  if (!found) {
    const provided = sources.map(({ name }) => name).join(', ');
    return `is read from the source "${source}", which nothing provides (there is ${provided}); ${REMEDIES[source] ?? 'bind a MetricSource of this name, or mend the name'}`;
  }
  try {
    return found.check(query);
  } catch (error) {
    return `could not be checked by ${source}: ${error instanceof Error ? error.message : String(error)}`;
  }
};
