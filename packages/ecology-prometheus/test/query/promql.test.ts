import type { Json, Sample } from '@reeve/core';
import { PrometheusSource } from '@reeve/ecology-prometheus';
import { expect, test } from 'vitest';
import { onePrometheus } from '../support/prometheus.ts';
import { remoteWrite } from '../support/remote-write.ts';

const prometheus = onePrometheus();
const read = async (...queries: readonly Json[]): Promise<readonly Sample[]> =>
  new PrometheusSource({ url: prometheus.url, requestTimeout: 30_000 }).read(queries, new AbortController().signal);
const said = (sample: Sample | undefined): string =>
  sample?.kind === 'failed' ? String((sample.error as Error).message) : `${sample?.kind}`;

test('a selector answers when its sample was measured, in whatever way it is written', async () => {
  const at = Date.now() - 120_000;
  await remoteWrite(prometheus.url, [{ name: 'own:instant', labels: { path: 'a{"b"}\\' }, value: 7.5, at }]);
  const forms = [
    'own:instant',
    '  own:instant \n',
    'own:instant{}',
    `own:instant{path=~"a.*", path!='x"{'}`,
    '{__name__="own:instant"}',
    'own:instant{path=`a{"b"}\\`}',
    'own:instant offset 1s',
  ];
  expect(await read(...forms)).toEqual(forms.map(() => ({ kind: 'value', value: 7.5, at })));
});

test('an expression answers when it was worked out, by the clock of Prometheus', async () => {
  const before = Date.now();
  await remoteWrite(prometheus.url, [{ name: 'worked_out', value: 2, at: before - 60_000 }]);
  const queries = ['sum(worked_out) * 3', '1 + 5', 'worked_out * 3 # a comment (', 'scalar(worked_out) + 4'];
  for (const [n, sample] of (await read(...queries)).entries()) {
    expect(sample, queries[n]).toMatchObject({ kind: 'value', value: 6 });
    const { at } = sample as Extract<Sample, { readonly kind: 'value' }>;
    expect(at).toBeGreaterThanOrEqual(before - 1_000);
    expect(at).toBeLessThanOrEqual(Date.now() + 1_000);
  }
});

test('a series that nobody has written for longer than Prometheus looks back is no data', async () => {
  await remoteWrite(prometheus.url, [{ name: 'gone', value: 2, at: Date.now() - 400_000 }]);
  expect(await read('gone', 'max(gone)')).toEqual([{ kind: 'none' }, { kind: 'none' }]);
});

test('a series with the label that the source uses itself is told from others', async () => {
  const at = Date.now() - 60_000;
  await remoteWrite(prometheus.url, [{ name: 'labelled', labels: { reeve_part: 'instant' }, value: 3, at }]);
  expect(await read('labelled')).toEqual([{ kind: 'value', value: 3, at }]);
});

test('what is not one number says what it is, and what would be', async () => {
  const at = Date.now() - 60_000;
  await remoteWrite(
    prometheus.url,
    ['a', 'b', 'c'].map((place) => ({ name: 'several', labels: { place }, value: 1, at })),
  );
  const [selector, sum, range, text, parse] = await read('several', 'several * 2', 'several[5m]', '"text"', 'sum(several) by by');
  expect(said(selector)).toBe('the query is not one number: it answers 3 series; make one of them, as by sum(...) or max(...)');
  expect(said(sum)).toContain('3 series');
  expect(said(range)).toContain('it answers a range; make one value of it, as by rate(...)');
  expect(said(text)).toContain('it answers a string');
  expect(said(parse)).toMatch(/could not answer the query \(bad_data: .*parse error/);
});
