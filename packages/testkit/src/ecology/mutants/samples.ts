import type { Sample } from '@reeve/core';
import { altered, type MetricSourceMutant, ofReads, ofSamples } from './mutant.ts';

/** Faults in what is answered. */
export const sampleMutants: readonly MetricSourceMutant[] = [
  ofReads('answers in another order', async (read, queries, signal) => (await read(queries, signal)).toReversed()),
  ofReads('leaves out what has no data', async (read, queries, signal) =>
    (await read(queries, signal)).filter(({ kind }) => kind !== 'none'),
  ),
  ofReads('answers once for what was asked twice', async (read, queries, signal) => {
    const texts = queries.map((each) => JSON.stringify(each));
    return (await read(queries, signal)).filter((_, n) => texts.indexOf(texts[n]!) === n);
  }),
  ofReads('throws where one query failed', async (read, queries, signal) => {
    const samples = await read(queries, signal);
    const failed = samples.find((each) => each.kind === 'failed');
    if (failed?.kind === 'failed') throw failed.error;
    return samples;
  }),
  ofReads('gives all the value of the first', async (read, queries, signal) => {
    const samples = await read(queries, signal);
    return samples.map(() => samples[0]!);
  }),
  ofSamples('takes what failed for no data', (sample) => (sample.kind === 'failed' ? { kind: 'none' } : sample)),
  ofSamples('takes no data for a failure', (sample) => (sample.kind === 'none' ? { kind: 'failed', error: new Error('no data') } : sample)),
  ofSamples('takes no data for 0', (sample) => (sample.kind === 'none' ? { kind: 'value', value: 0, at: Date.now() } : sample)),
  ofSamples('hands on what is no number', (sample) =>
    sample.kind === 'none' ? { kind: 'value', value: Number.NaN, at: Date.now() } : sample,
  ),
  ofSamples('says that something failed, and not what', (sample) => (sample.kind === 'failed' ? { ...sample, error: '' } : sample)),
  ofSamples('says of a value when it was read', (sample) => (sample.kind === 'value' ? { ...sample, at: Date.now() } : sample)),
  ofSamples('counts in seconds', (sample) => (sample.kind === 'value' ? { ...sample, at: sample.at / 1_000 } : sample)),
  ofSamples('rounds', (sample) => (sample.kind === 'value' ? { ...sample, value: Math.round(sample.value) } : sample)),
  {
    name: 'remembers what it read first',
    mutate: (source) => {
      const first = new Map<string, Sample>();
      return altered(source, {
        read: async (queries, signal) =>
          (await source.read(queries, signal)).map((sample, n) => {
            const text = JSON.stringify(queries[n]);
            if (!first.has(text)) first.set(text, sample);
            return first.get(text)!;
          }),
      });
    },
  },
  {
    name: 'has failed for good once it has failed',
    mutate: (source) => {
      let broken: Error | undefined;
      return altered(source, {
        read: async (queries, signal) => {
          if (broken) throw broken;
          const samples = await source.read(queries, signal).catch((error: unknown) => {
            broken = new Error('it failed before', { cause: error });
            throw broken;
          });
          if (samples.length > 0 && samples.every(({ kind }) => kind === 'failed')) broken = new Error('it failed before');
          return samples;
        },
      });
    },
  },
];
