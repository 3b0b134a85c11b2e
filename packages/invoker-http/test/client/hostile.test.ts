import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { type Delivery, ReeveError } from '@reeve/core';
import { describe, it } from 'vitest';
import { answering, rawServer } from '../support/raw-server.ts';
import { open, type Rig, rigAt } from '../support/rig.ts';

const LEASE = { payload: '{"secret":"canary"}' };
const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

/** Long enough for what was sent on this machine to arrive, and for a connection to be laid by. */
const turns = async (): Promise<void> => {
  for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setImmediate(resolve));
};

const unknownWhy = async ({ invoke }: Rig): Promise<string> => {
  const outcome: unknown = await invoke({ lease: LEASE }).catch((error: unknown) => error);
  assert.ok(ReeveError.is(outcome, 'INVOKE_UNKNOWN'), JSON.stringify(outcome));
  assert.doesNotMatch(outcome.message + inspect(outcome.cause, { showHidden: true }), /canary|63 61 6e 61 72 79/);
  return /\((.*)\); if no worker/.exec(outcome.message)?.[1] ?? '';
};
const failure = (delivery: Delivery): { readonly error: string; readonly retryable?: boolean } => {
  if (delivery.kind !== 'finished' || delivery.report.kind !== 'failed') return assert.fail(JSON.stringify(delivery));
  return delivery.report;
};

describe('an endpoint that', () => {
  it('never answers is unknown in time, and is hung up on', async () => {
    const server = await rawServer();
    assert.equal(await unknownWhy(rigAt(server.url, { timeout: 60 })), 'no whole answer within 60 ms');
    await server.closed();
  });

  it('drips its answer is unknown in time, and is hung up on', async () => {
    const server = await rawServer((socket) =>
      socket.once('data', () => {
        socket.write(`${OK}content-length: 1000000\r\n\r\n`);
        const more = setInterval(() => (socket.destroyed ? clearInterval(more) : socket.write('1')), 5);
      }),
    );
    // Longer than is allowed: that is all there is to know.
    assert.match(failure(await rigAt(server.url, { timeout: 80 }).invoke()).error, /more than 262144 bytes/);
    assert.equal(await unknownWhy(rigAt(server.url, { timeout: 80, maxResponseBytes: 2_000_000 })), 'no whole answer within 80 ms');
    await server.closed();
  });

  it('drips its headers is unknown in time', async () => {
    const server = await rawServer((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const more = setInterval(() => (socket.destroyed ? clearInterval(more) : socket.write('x: y\r\n')), 5);
      }),
    );
    assert.equal(await unknownWhy(rigAt(server.url, { timeout: 80 })), 'no whole answer within 80 ms');
    await server.closed();
  });

  it('has no end to its answer failed for good, and no more is read than is allowed', async () => {
    let sent = 0;
    const server = await rawServer((socket) => {
      const more = (): void => {
        while (!socket.destroyed && socket.write(`400\r\n${'1'.repeat(1_024)}\r\n`)) sent += 1_024;
      };
      socket.on('drain', more);
      socket.once('data', () => {
        socket.write(`${OK}transfer-encoding: chunked\r\n\r\n`);
        more();
      });
    });
    const { error, retryable } = failure(await rigAt(server.url, { maxResponseBytes: 10_000 }).invoke({ lease: LEASE }));
    assert.match(error, /answered with more than 10000 bytes; let it keep the data elsewhere and answer its key/);
    assert.equal(retryable, false);
    await server.closed();
    assert.ok(sent < 20_000_000, `${sent} bytes`); // what the sockets of this machine hold, and not all there is
  });

  it('says that its answer is too long is not read at all', async () => {
    const server = await answering(`${OK}content-length: 262145\r\n\r\n`);
    assert.match(failure(await rigAt(server.url).invoke()).error, /more than 262144 bytes/);
    await server.closed();
  });

  it('answers as much as is allowed is heard', async () => {
    const most = JSON.stringify('x'.repeat(262_144 - 2));
    const { invoke } = await open((_, response) => response.end(most));
    assert.deepEqual(await invoke(), { kind: 'finished', report: { kind: 'done', result: most } });
  });

  it('has gigantic headers is unknown', async () => {
    const server = await answering(`${OK}x: ${'canary'.repeat(10_000)}\r\n\r\n`);
    assert.equal(await unknownWhy(rigAt(server.url)), 'HPE_HEADER_OVERFLOW');
    await server.closed();
  });

  it('speaks no HTTP is unknown, and is not quoted', async () => {
    const server = await answering('SSH-2.0-canary\r\n\r\n');
    assert.match(await unknownWhy(rigAt(server.url)), /^HPE_\w+$/);
  });

  it.each([
    ['after the request', '', /socket hang up|ECONNRESET/],
    ['within its headers', 'HTTP/1.1 200 OK\r\nx: y', /socket hang up|ECONNRESET/],
    ['within its answer', `${OK}content-length: 20\r\n\r\n{"done":1}`, /aborted/],
    ['within a chunk', `${OK}transfer-encoding: chunked\r\n\r\na\r\n{"done":1}\r\n`, /aborted/],
  ])('hangs up %s is unknown', async (_, text, why) => {
    const server = await rawServer((socket) => socket.once('data', () => socket.end(text)));
    assert.match(await unknownWhy(rigAt(server.url)), why);
  });

  it('claims to switch to another protocol is unknown', async () => {
    const server = await answering('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
    assert.match(await unknownWhy(rigAt(server.url)), /closed without an answer/);
    await server.closed();
  });

  it('sends news before its answer is heard', async () => {
    const server = await answering(
      `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${OK}content-length: 10\r\n\r\n{"done":1}`,
    );
    assert.deepEqual(await rigAt(server.url).invoke(), { kind: 'finished', report: { kind: 'done', result: '1' } });
  });

  it('compresses its answer, though nobody asked for that, is not unpacked', async () => {
    const { endpoint, invoke } = await open((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.from('1f8b08000000000000', 'hex'));
    });
    const { error, retryable } = failure(await invoke());
    assert.match(error, /answered in a content-encoding, which was not asked for; let it send plain JSON/);
    assert.equal(retryable, undefined);
    assert.equal(endpoint.asked[0]?.headers['accept-encoding'], 'identity');
  });

  it.each(['http://169.254.169.254/latest/meta-data/', 'http://localhost/', '//127.0.0.1/x', '/again'])(
    'sends on to %s is not followed',
    async (location) => {
      const { endpoint, invoke } = await open((_, response) => response.writeHead(308, { location }).end());
      assert.equal((await invoke()).kind, 'refused');
      assert.equal(endpoint.asked.length, 1);
    },
  );
});

describe('two answers to one request', () => {
  const answer = (n: number): string => `${OK}content-length: 10\r\n\r\n{"done":${n}}`;
  const done = (n: number) => ({ kind: 'finished', report: { kind: 'done', result: String(n) } });

  it('are not the answers of two requests, when they come at once', async () => {
    const server = await rawServer((socket, nth) => socket.on('data', () => socket.write(nth === 1 ? answer(1) + answer(9) : answer(2))));
    const { invoke } = rigAt(server.url);
    assert.deepEqual(await invoke(), done(1));
    assert.deepEqual(await invoke(), done(2));
    assert.equal(server.made, 2);
  });

  it('are not the answers of two requests, when the second comes while the connection lies unused', async () => {
    let late!: () => void;
    const server = await rawServer((socket, nth) =>
      socket.on('data', () => {
        socket.write(nth === 1 ? answer(1) : answer(2));
        late = () => socket.write(answer(9));
      }),
    );
    const { invoke } = rigAt(server.url);
    assert.deepEqual(await invoke(), done(1));
    await turns();
    late();
    await turns();
    assert.deepEqual(await invoke(), done(2));
    assert.equal(server.made, 2);
  });

  it('are none, where the answer is longer than was said', async () => {
    const server = await rawServer((socket, nth) =>
      socket.on('data', () => socket.write(nth === 1 ? `${OK}content-length: 10\r\n\r\n{"done":1}{"done":9}` : answer(2))),
    );
    const { invoke, invoker } = rigAt(server.url);
    assert.equal(await unknownWhy({ invoke, invoker }), 'HPE_INVALID_CONSTANT');
    assert.deepEqual(await invoke(), done(2));
  });
});

describe('an answer that nobody reads', () => {
  it('is cut off when it is long', async () => {
    let sent = 0;
    const server = await rawServer((socket) => {
      const more = (): void => {
        while (!socket.destroyed && socket.write('x'.repeat(1_024))) sent += 1_024;
      };
      socket.on('drain', more);
      socket.once('data', () => {
        socket.write('HTTP/1.1 202 Accepted\r\ncontent-length: 100000000000\r\n\r\n');
        more();
      });
    });
    assert.deepEqual(await rigAt(server.url).invoke(), { kind: 'accepted' });
    await server.closed();
    assert.ok(sent < 20_000_000, `${sent} bytes`); // what the sockets of this machine hold
  });

  it('leaves its connection to be used again when it is short', async () => {
    const server = await answering('HTTP/1.1 202 Accepted\r\ncontent-length: 4\r\n\r\nfine');
    const { invoke } = rigAt(server.url);
    for (let n = 0; n < 3; n += 1) {
      assert.deepEqual(await invoke(), { kind: 'accepted' });
      // It is judged by its first line; the rest of it comes a moment later.
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(server.made, 1);
  });
});
