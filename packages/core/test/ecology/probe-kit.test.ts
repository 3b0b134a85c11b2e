import type { EpochMs, Json, Probe } from '@reeve/core';
import { ProbeSource } from '@reeve/core';
import { type KnownMetric, ManualClock, type MetricSourceBench, testMetricSource } from '@reeve/testkit';
import { describe, it } from 'vitest';

/** More than any case needs. */
const NAMES = Array.from({ length: 400 }, (_, n) => `m${n}`);

/** Probes of a system that is a Map. */
const open = async (): Promise<MetricSourceBench> => {
  const clock = new ManualClock();
  const values = new Map<string, { readonly value: number; readonly at: EpochMs }>();
  const waiting = new Set<() => void>();
  let state: 'sound' | 'hanging' | 'broken' = 'sound';
  let made = 0;
  let asked = 0;

  const probe =
    (name: string): Probe =>
    async ({ signal }) => {
      asked += 1;
      if (state === 'broken' || name === 'failing') throw new Error('the system is broken');
      if (state === 'hanging')
        await new Promise<void>((resolve, reject) => {
          waiting.add(resolve);
          signal.addEventListener('abort', () => {
            waiting.delete(resolve);
            reject(new Error('stopped'));
          });
        });
      return name === 'unfit' ? Number.NaN : values.get(JSON.stringify(name));
    };
  const source = new ProbeSource(Object.fromEntries([...NAMES, 'empty', 'unfit', 'failing'].map((name) => [name, probe(name)])), clock);
  const put = (query: Json, value: number, at: EpochMs): KnownMetric => {
    values.set(JSON.stringify(query), { value, at });
    return { query, value, measured: [at, at] };
  };
  return {
    source,
    metrics: async (count) =>
      NAMES.slice(made, made + count).map((name) => {
        made += 1;
        return put(name, made + 0.25, clock.now() + made);
      }),
    measure: async ({ query, value, measured }) => put(query, value + 1_000, measured[1] + 1_000),
    empty: () => ['empty'],
    unfit: () => ['unfit'],
    failing: () => ['failing'],
    bad: () => ['nobody', 'toString', '__proto__'],
    requests: () => asked,
    asked: () => asked,
    requestsFor: (metrics) => metrics,
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

testMetricSource({ describe, it }, 'ProbeSource', open);
