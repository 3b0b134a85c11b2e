import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HttpProbeOptions, httpProbe, ProbeSource } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { afterEach, describe, it } from 'vitest';
import { faultOf } from '../decide/faults.ts';
import { settle } from '../run/rig.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const each of servers.splice(0)) {
    each.closeAllConnections();
    each.close();
  }
});

/** A real server, and a probe of it. */
const serve = async (listener: RequestListener, options?: HttpProbeOptions) => {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
  const clock = new ManualClock();
  const source = new ProbeSource({ x: httpProbe(url, options) }, clock);
  const ask = async (signal = new AbortController().signal): Promise<number | string> => {
    const [sample] = await source.read(['x'], signal);
    return sample?.kind === 'value' ? sample.value : sample?.kind === 'failed' ? String(sample.error) : 'none';
  };
  return { server, clock, ask, url };
};

/** A request has arrived that nobody answers. */
const arrival = async (server: Server): Promise<void> => {
  await once(server, 'request');
  await settle();
};

describe('an HTTP probe', () => {
  it('answers the status, with the method and headers that are given', async () => {
    const seen: unknown[] = [];
    const { ask } = await serve(
      (request, response) => {
        seen.push(request.method, request.headers['x-key'], request.url);
        response.writeHead(503).end('busy');
      },
      { method: 'HEAD', headers: { 'x-key': 'k' } },
    );
    assert.equal(await ask(), 503);
    assert.deepEqual(seen, ['HEAD', 'k', '/health']);
  });

  it('does not go where a redirect points to, unless it is told to', async () => {
    const listener: RequestListener = (request, response) =>
      void (request.url === '/health' ? response.writeHead(302, { location: '/other' }).end() : response.writeHead(204).end());
    assert.equal(await (await serve(listener)).ask(), 302);
    assert.equal(await (await serve(listener, { follow: true })).ask(), 204);
  });

  it('answers status 0 where nobody is there, and where nobody answers in time', async () => {
    const gone = await serve(() => {});
    gone.server.close();
    assert.equal(await gone.ask(), 0);
    const { server, clock, ask } = await serve(() => {});
    const [status] = await Promise.all([ask(), arrival(server).then(() => clock.advance(2_000))]);
    assert.equal(status, 0);
    assert.equal(clock.sleeping, 0);
  });

  it('answers how long the whole answer took, or its time limit', async () => {
    const { clock, ask } = await serve(
      (_, response) => {
        response.writeHead(200);
        response.write('one');
        void clock.advance(30).then(() => response.end('two'));
      },
      { value: 'latency' },
    );
    assert.equal(await ask(), 30);
    const gone = await serve(() => {}, { value: 'latency', timeout: 700 });
    gone.server.close();
    assert.equal(await gone.ask(), 700);
    const half = await serve((_, response) => void response.write('one'), { value: 'latency', timeout: 900 });
    const [took] = await Promise.all([half.ask(), arrival(half.server).then(() => half.clock.advance(900))]);
    assert.equal(took, 900);
  });

  it('answers what a function makes of the response', async () => {
    const { ask } = await serve((_, response) => response.writeHead(200, { 'x-depth': '7' }).end('{"queued": 42, "name": "ä"}'), {
      value: ({ status, headers, body }) => status + Number(headers.get('x-depth')) + (JSON.parse(body) as { queued: number }).queued,
    });
    assert.equal(await ask(), 249);
  });

  it('has no data where the function throws, is not content, or has nobody to ask', async () => {
    const listener: RequestListener = (_, response) => response.end('oops');
    const value = ({ body }: { readonly body: string }): number => JSON.parse(body) as number;
    assert.match(String(await (await serve(listener, { value })).ask()), /^SyntaxError/);
    assert.equal(await (await serve(listener, { value: () => undefined })).ask(), 'none');
    const gone = await serve(listener, { value });
    gone.server.close();
    assert.match(String(await gone.ask()), /ECONNREFUSED/);
    const { server, clock, ask } = await serve(() => {}, { value });
    const [late] = await Promise.all([ask(), arrival(server).then(() => clock.advance(2_000))]);
    assert.match(String(late), /no answer within 2000 ms/);
  });

  it('reads no more of a body than it may', async () => {
    const leaving: Promise<unknown>[] = [];
    const endless: RequestListener = (_, response) => {
      leaving.push(once(response, 'close'));
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    };
    const { ask } = await serve(endless, { value: ({ body }) => body.length, maxBytes: 100_000 });
    assert.match(String(await ask()), /longer than 100000 bytes; let it be shorter, or give more maxBytes/);
    await leaving[0];
    const exact = await serve((_, response) => response.end('x'.repeat(10)), { value: ({ body }) => body.length, maxBytes: 10 });
    assert.equal(await exact.ask(), 10);
    for (const value of ['latency', 'status'] as const)
      assert.equal(await (await serve(endless, { value })).ask(), value === 'status' ? 200 : 0);
    await Promise.all(leaving);
  });

  it('ends with the signal', async () => {
    const { server, ask, clock } = await serve(() => {});
    const giveUp = new AbortController();
    const closed = once(server, 'request').then(([, response]) => {
      giveUp.abort();
      return once(response as ServerResponse, 'close');
    });
    assert.match(String(await ask(giveUp.signal)), /probe x has not answered in time/);
    await closed;
    await settle();
    assert.equal(clock.sleeping, 0);
  });

  it('is refused where it cannot be asked', () => {
    const lines = (url: string, options: unknown): string =>
      faultOf(() => httpProbe(url, options as HttpProbeOptions), 'config', 'INVALID_PROBES').message;
    assert.match(lines('orders', {}), /httpProbe\.url: is no address/);
    assert.match(lines('ftp://example.org', {}), /httpProbe\.url: is no address/);
    assert.match(lines('https://user:secret@example.org', {}), /httpProbe\.url: has credentials in it; give them in headers/);
    assert.doesNotMatch(lines('https://user:secret@example.org', {}), /secret/);
    assert.match(
      lines('https://example.org', { timeout: 5_000, maxBytes: 0, value: 'size' }),
      /timeout: is 5000;.*\n.*maxBytes: is 0;.*\n.*value: is size;/,
    );
  });
});
