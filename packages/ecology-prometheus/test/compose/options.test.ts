import { MetricSource, ReeveError } from '@reeve/core';
import { type PrometheusEcologyOptions, PrometheusSource, prometheusEcology } from '@reeve/ecology-prometheus';
import { Container } from 'inversify';
import { expect, test } from 'vitest';

const faultOf = (options: unknown): ReeveError => {
  try {
    new PrometheusSource(options as PrometheusEcologyOptions);
  } catch (error) {
    if (error instanceof ReeveError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
};
const URL_OF_ONE = 'http://prometheus:9090';

test('all that is wrong with the options is listed', () => {
  const { code, message } = faultOf({
    url: 'prometheus:9090',
    name: '',
    headers: { a: 1 },
    fetch: 'x',
    parallelism: 0,
    requestTimeout: 1.5,
    retries: 3,
  });
  expect(code).toBe('INVALID_PROMETHEUS_ECOLOGY');
  for (const name of ['url', 'name', 'headers', 'fetch', 'parallelism', 'requestTimeout', 'retries']) {
    expect(message).toContain(`prometheusEcology.${name}: `);
  }
});

test.each<[unknown, RegExp]>([
  [undefined, /url: is no address/],
  [{}, /url: is no address/],
  [{ url: 'ftp://user:secret@x' }, /url: is no address/],
  [{ url: `${URL_OF_ONE}/#graph` }, /has a #/],
  [{ url: URL_OF_ONE, headers: { 'a b': 'c' } }, /headers: are none/],
  [{ url: URL_OF_ONE, headers: { a: 'b\nc' } }, /headers: are none/],
  [{ url: 'http://user:secret@x', headers: { Authorization: 'Bearer x' } }, /have an authorization, and the url/],
])('refuses %j', (options, problem) => {
  const { message } = faultOf(options);
  expect(message).toMatch(problem);
  expect(message).not.toContain('secret');
});

test('a composition has a source for each Prometheus, each with a name of its own', () => {
  const container = new Container();
  container.load(prometheusEcology({ url: URL_OF_ONE }), prometheusEcology({ url: 'http://other:9090', name: 'other' }));
  expect(container.getAll(MetricSource).map(({ name }) => name)).toEqual(['prometheus', 'other']);
});
