import type { EpochMs, Json, MetricSource, Sample } from '@reeve/core';
import type { KnownMetric, MetricSourceBench } from '@reeve/testkit';

const START: EpochMs = 1_795_420_800_000;

/** The smallest source that keeps all promises, of a system that is a Map: `{ series, of }`. What the mutants are made from. */
export const referenceBench = async (): Promise<MetricSourceBench> => {
  const values = new Map<string, { readonly value: number; readonly at: EpochMs }>();
  const waiting = new Set<() => void>();
  let state: 'sound' | 'hanging' | 'broken' = 'sound';
  let made = 0;
  let requests = 0;
  let asked = 0;

  /** One request for any number of series. */
  const ask = async (names: readonly string[], signal: AbortSignal): Promise<readonly Sample[]> => {
    requests += 1;
    asked += names.length;
    if (state === 'broken') throw new Error('the system is broken');
    if (state === 'hanging') {
      await new Promise<void>((resolve, reject) => {
        const stop = (): void => {
          waiting.delete(resolve);
          reject(new Error('stopped'));
        };
        waiting.add(resolve);
        signal.addEventListener('abort', stop, { once: true });
        if (signal.aborted) stop();
      });
    }
    return names.map((name): Sample => {
      if (name === 'failing') return { kind: 'failed', error: new Error('this one fails') };
      const found = values.get(name);
      return found && Number.isFinite(found.value) ? { kind: 'value', ...found } : { kind: 'none' };
    });
  };

  const source: MetricSource = {
    name: 'reference',
    check: (query) => (isQuery(query) ? undefined : 'must be { series, of: "reference" }'),
    read: async (queries, signal) => {
      const names = queries.map((query) => (isQuery(query) ? query.series : 'failing'));
      const different = [...new Set(names)];
      if (different.length === 0) return [];
      const samples = await ask(different, signal);
      return names.map((name) => samples[different.indexOf(name)]!);
    },
  };
  const put = (query: Json, value: number, at: EpochMs): KnownMetric => {
    if (isQuery(query)) values.set(query.series, { value, at });
    return { query, value, measured: [at, at] };
  };
  const queryOf = (series: string): Json => ({ series, of: 'reference' });
  put(queryOf('unfit'), Number.NaN, START);
  return {
    source,
    metrics: async (count) =>
      Array.from({ length: count }, () => {
        made += 1;
        return put(queryOf(`m${made}`), made + 0.25, START + made);
      }),
    measure: async ({ query, value, measured }) => put(query, value + 1_000, measured[1] + 1_000),
    empty: () => [queryOf('nobody')],
    unfit: () => [queryOf('unfit')],
    failing: () => [queryOf('failing')],
    bad: () => [{ serie: 'a' }, { series: 'a', of: 'somebody else' }],
    requests: () => requests,
    asked: () => asked,
    requestsFor: () => 1,
    hang: () => {
      state = 'hanging';
    },
    shatter: () => {
      state = 'broken';
    },
    mend: () => {
      state = 'sound';
      for (const go of waiting) go();
      waiting.clear();
    },
    underWay: () => waiting.size,
    close: async () => {},
  };
};

const isQuery = (query: Json): query is { readonly series: string; readonly of: 'reference' } =>
  typeof query === 'object' && query !== null && 'series' in query && 'of' in query && query['of'] === 'reference';
