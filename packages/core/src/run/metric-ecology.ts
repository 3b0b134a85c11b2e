import { assessMetric, type MetricState, NO_STATE } from '../decide/assess-metric.ts';
import type { Reading } from '../domain/health.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { Metric } from '../domain/metric.ts';
import type { Clock } from '../ports/clock.ts';
import type { EcologyProvider } from '../ports/ecology-provider.ts';
import type { MetricSource, Sample } from '../ports/metric-source.ts';
import type { Events } from './events.ts';
import { SourceReader } from './source-reader.ts';

export interface MetricEcologyParts {
  readonly sources: readonly MetricSource[];
  readonly clock: Clock;
  readonly events: Events;
}

/** The health that follows from the metrics of each labourer's definition, a reading for each of them. */
export class MetricEcology implements EcologyProvider {
  readonly #clock: Clock;
  readonly #readers: ReadonlyMap<string, SourceReader>;
  /** By labourer and metric, in this process: what it is smoothed from, and how long health has been allowed to rise. */
  readonly #states = new Map<string, MetricState>();

  constructor({ sources, clock, events }: MetricEcologyParts) {
    this.#clock = clock;
    this.#readers = new Map(sources.map((each) => [each.name, new SourceReader(each, { clock, events })]));
  }

  /** Never throws: a metric without data follows its own rule, or else the labourer's. */
  async assess({ id, health }: Labourer): Promise<readonly Reading[]> {
    const { metrics = [], onMissing } = health;
    const samples = await Promise.all(metrics.map((each) => this.#sample(each)));
    // From here on nothing is waited for: another look at the same labourer comes before or after, and a look more changes nothing.
    const now = this.#clock.now();
    return metrics.map((metric, n) => {
      const key = `${id}\n${metric.name}`;
      const before = this.#states.get(key) ?? NO_STATE;
      const { state, reading } = assessMetric(metric, metric.onMissing ?? onMissing, before, samples[n] ?? { kind: 'none' }, now);
      this.#states.set(key, state);
      return reading;
    });
  }

  async #sample({ source, query, every }: Metric): Promise<Sample> {
    const reader = this.#readers.get(source);
    return reader ? reader.sample(query, every) : { kind: 'failed', error: `nothing provides the source ${source}` };
  }
}
