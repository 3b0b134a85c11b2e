import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Sample } from '@reeve/core';
import { type PrometheusEcologyOptions, PrometheusSource } from '@reeve/ecology-prometheus';
import { expect, onTestFinished, test } from 'vitest';

interface Seen {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly query: string | null;
}

/** Something that answers in the place of Prometheus, as proxies and other programs do. */
const stub = async (answer: (response: ServerResponse, seen: Seen, count: number) => void) => {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const one = { url: request.url ?? '', headers: request.headers, query: new URLSearchParams(body).get('query') };
      seen.push(one);
      answer(response, one, seen.length);
    });
  });
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, seen, connections: () => connections };
};
const sound = (response: ServerResponse): void => {
  response.end(JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [1_795_420_800.25, '5'] } }));
};
const FIVE: Sample = { kind: 'value', value: 5, at: 1_795_420_800_250 };
const read = (options: PrometheusEcologyOptions, queries: readonly string[] = ['1 + 1']) =>
  new PrometheusSource({ requestTimeout: 30_000, ...options }).read(queries, new AbortController().signal);
const said = (sample: Sample | undefined): string =>
  sample?.kind === 'failed' ? String((sample.error as Error).message) : `${sample?.kind}`;
const many = (count: number) => Array.from({ length: count }, (_, n) => `${n} + 1`);

test('path and parameters of the address are kept; name and password become an authorization', async () => {
  const { port, seen } = await stub(sound);
  expect(await read({ url: `http://us%40er:pa%3Ass@127.0.0.1:${port}/prometheus/?tenant=shop` })).toEqual([FIVE]);
  expect(seen[0]?.url).toBe('/prometheus/api/v1/query?tenant=shop');
  expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('us@er:pa:ss').toString('base64')}`);
});

test('headers are sent with each request, and made anew for each where a function makes them', async () => {
  const { port, seen } = await stub(sound);
  const url = `http://127.0.0.1:${port}`;
  await read({ url, headers: { Authorization: 'Bearer a', 'X-Scope-OrgID': 'shop' } });
  let made = 0;
  const headers = async () => {
    made += 1;
    return { authorization: `Bearer ${made}` };
  };
  await read({ url, headers }, ['1 + 1', '2 + 2']);
  expect(seen.map((each) => each.headers.authorization)).toEqual(['Bearer a', 'Bearer 1', 'Bearer 2']);
  expect(seen[0]?.headers['x-scope-orgid']).toBe('shop');
});

test.each<[string, (response: ServerResponse) => void, RegExp]>([
  [
    'a redirect',
    (response) => response.writeHead(302, { location: 'http://elsewhere/' }).end(),
    /another address \(status 302\); give that one as url/,
  ],
  ['no rights', (response) => response.writeHead(401).end('no'), /lets nobody in \(status 401\); give headers/],
  ['nothing there', (response) => response.writeHead(404).end('<html>'), /no Prometheus at this address \(status 404\)/],
  ['a page of a proxy', (response) => response.writeHead(502).end('<html>'), /status 502 and what is no answer/],
  ['a page that looks well', (response) => response.end('<html>'), /status 200 and what is no answer/],
  ['null', (response) => response.end('null'), /status 200 and what is no answer/],
  ['a success without data', (response) => response.end('{"status":"success"}'), /it answers a undefined/],
  [
    'an error of Prometheus',
    (response) => response.writeHead(503).end('{"status":"error","errorType":"timeout","error":"query timed out"}'),
    /could not answer the query \(timeout: query timed out\)/,
  ],
  [
    'a value that is none',
    (response) => response.end('{"status":"success","data":{"resultType":"scalar","result":[1,"many"]}}'),
    /what is no number/,
  ],
  [
    'a histogram',
    (response) => response.end('{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{}]}]}}'),
    /a histogram; make one value of it/,
  ],
])('%s is a failure that says what to do', async (_, answer, problem) => {
  const { port } = await stub(answer);
  expect(said((await read({ url: `http://127.0.0.1:${port}` }))[0])).toMatch(problem);
});

test('an answer that does not end is cut off, and does not fill the memory', async () => {
  const { port } = await stub((response) => {
    const more = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  expect(said((await read({ url: `http://127.0.0.1:${port}` }))[0])).toMatch(/more than 1048576 bytes/);
});

test('one query without an answer in time fails alone', async () => {
  const { port } = await stub((response, { query }) => {
    if (query !== '1 + 1') sound(response);
  });
  const samples = await read({ url: `http://127.0.0.1:${port}`, requestTimeout: 2_000 }, many(10));
  expect(samples.map(({ kind }) => kind)).toEqual(['value', 'failed', ...Array.from({ length: 8 }, () => 'value')]);
  expect(said(samples[1])).toBe('no answer from Prometheus within 2000 ms');
});

test('headers that never come hold up nobody for longer than a request may take', async () => {
  const { port, seen } = await stub(sound);
  const [sample] = await read({ url: `http://127.0.0.1:${port}`, requestTimeout: 50, headers: () => new Promise(() => {}) });
  expect(said(sample)).toBe('no answer from Prometheus within 50 ms');
  expect(seen).toEqual([]);
});

test('what makes the headers may fail, and its secrets are not quoted', async () => {
  const { port } = await stub(sound);
  const url = `http://127.0.0.1:${port}`;
  const broken = await read({ url, headers: () => Promise.reject(new Error('no token to be had')) });
  expect(said(broken[0])).toBe('no token to be had');
  const [sample] = await read({ url, headers: () => ({ authorization: 'se\ncret' }) });
  expect(said(sample)).toMatch(/headers made some that cannot be sent/);
  expect(JSON.stringify(sample)).not.toContain('cret');
});

test('where nobody listens, it is tried a few times and not three hundred', async () => {
  let tries = 0;
  const counting: typeof fetch = (...args) => {
    tries += 1;
    return fetch(...args);
  };
  const samples = await read({ url: 'http://user:secret@127.0.0.1:1', fetch: counting }, many(300));
  expect(new Set(samples.map(({ kind }) => kind))).toEqual(new Set(['failed']));
  expect(tries).toBeLessThanOrEqual(16);
  expect(said(samples[299])).toMatch(/Prometheus could not be reached \(.+\)/);
  expect(said(samples[0])).not.toContain('secret');
});

test('a connection that was closed while it lay idle is no failure', async () => {
  const { port, seen } = await stub((response, _, count) => {
    if (count === 2) response.socket?.resetAndDestroy();
    else sound(response);
  });
  const url = `http://127.0.0.1:${port}`;
  for (let times = 0; times < 2; times += 1) expect(await read({ url })).toEqual([FIVE]);
  expect(seen).toHaveLength(3);
});

test('few requests are under way at once, on connections that are kept', async () => {
  let [underWay, most] = [0, 0];
  const { port, connections } = await stub((response) => {
    underWay += 1;
    most = Math.max(most, underWay);
    setImmediate(() => {
      underWay -= 1;
      sound(response);
    });
  });
  const source = new PrometheusSource({ url: `http://127.0.0.1:${port}`, parallelism: 3 });
  for (let times = 0; times < 2; times += 1) await source.read(many(50), new AbortController().signal);
  expect(most).toBeLessThanOrEqual(3);
  // Node opens another one while the last answer of a kept one is being taken.
  expect(connections()).toBeLessThanOrEqual(12);
});
