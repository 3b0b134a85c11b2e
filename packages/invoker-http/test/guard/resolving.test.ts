import assert from 'node:assert/strict';
import { describe, it, onTestFinished } from 'vitest';
import { certificateFor } from '../support/certificate.ts';
import { reply, startEndpoint } from '../support/endpoint.ts';
import { labourerOf } from '../support/labourers.ts';
import { rawServer } from '../support/raw-server.ts';
import { open, rigAt } from '../support/rig.ts';

/** A host by name, at a server of this machine. */
const named = (port: number) => ({ labourer: labourerOf('thumb', { target: `http://worker.example:${port}/thumb` }) });
const HTTP = { allowHttp: ['worker.example'] };

describe('a host is looked up once for a connection', () => {
  it('and the connection goes to the very address that was looked at, though another answer would be given now', async () => {
    const answers = ['127.0.0.1', '10.0.0.1', '10.0.0.1'];
    let asked = 0;
    const { endpoint, invoke } = await open((_, response) => reply(response, 204, undefined, { connection: 'close' }), {
      ...HTTP,
      resolve: async () => [answers[asked++] ?? '10.0.0.1'],
    });
    assert.equal((await invoke(named(endpoint.port))).kind, 'finished');
    assert.equal(asked, 1);
    assert.equal(endpoint.asked[0]?.headers.host, `worker.example:${endpoint.port}`);

    // A new connection, and the name has been turned to a private address meanwhile.
    const delivery = await invoke(named(endpoint.port));
    assert.equal(asked, 2);
    assert.deepEqual(delivery, {
      kind: 'refused',
      reason: 'worker.example leads to 10.0.0.1 is private; if that is meant, name its range in httpInvoker({ allowPrivate })',
    });
    assert.equal(endpoint.asked.length, 1);
  });

  it('and not at all while a connection to it stands', async () => {
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return ['127.0.0.1'];
    };
    const { endpoint, invoke } = await open(undefined, { ...HTTP, resolve });
    for (let n = 0; n < 3; n += 1) assert.equal((await invoke(named(endpoint.port))).kind, 'finished');
    assert.equal(asked, 1);
  });
});

describe('an address that is not public', () => {
  it.each([
    [['127.0.0.1']],
    [['8.8.8.8', '127.0.0.1']],
    [['127.0.0.1', '8.8.8.8']],
    [['::ffff:127.0.0.1']],
    [['::1', '127.0.0.1']],
    [['64:ff9b::7f00:1']],
    [['169.254.169.254']],
    [['nonsense']],
  ])('keeps a host from being connected to: %j', async (addresses) => {
    const server = await rawServer();
    const { invoke } = rigAt(server.url, { ...HTTP, allowPrivate: [], resolve: async () => addresses });
    const delivery = await invoke(named(server.port));
    assert.match(delivery.kind === 'refused' ? delivery.reason : delivery.kind, /^worker\.example leads to .*allowPrivate/);
    assert.equal(server.made, 0);
  });

  it('is refused as well where it stands in the target itself, and nobody looked at the target before', async () => {
    const server = await rawServer();
    const { invoke } = rigAt(server.url, { allowPrivate: [] });
    const delivery = await invoke();
    assert.match(
      delivery.kind === 'refused' ? delivery.reason : '',
      /^labourers\.thumb\.target is at 127\.0\.0\.1:\d+: 127\.0\.0\.1 is this very machine/,
    );
    assert.equal(server.made, 0);
  });

  it('is connected to where its range is named', async () => {
    const { endpoint, invoke } = await open(undefined, { ...HTTP, resolve: async () => ['::ffff:127.0.0.1'] });
    assert.equal((await invoke(named(endpoint.port))).kind, 'finished');
  });
});

describe('a host that cannot be looked up is refused, since nothing was sent', () => {
  it.each([
    [
      'nobody knows it',
      async () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND worker.example'), { code: 'ENOTFOUND' })),
      /ENOTFOUND/,
    ],
    ['it has no address', async () => [], /there is no address of worker\.example/],
    ['nobody answers in time', () => new Promise<never>(() => {}), /no connection within 40 ms/],
  ])('%s', async (_, resolve, why) => {
    const server = await rawServer();
    const { invoke } = rigAt(server.url, { ...HTTP, resolve, connectTimeout: 40 });
    const delivery = await invoke(named(server.port));
    assert.match(delivery.kind === 'refused' ? delivery.reason : delivery.kind, /^nothing was sent to worker\.example:\d+ \(/);
    assert.match(delivery.kind === 'refused' ? delivery.reason : '', why);
    assert.equal(server.made, 0);
  });

  it('as the system looks up', async () => {
    const { invoke } = rigAt('http://worker.invalid', { allowHttp: ['worker.invalid'] });
    const delivery = await invoke();
    assert.match(delivery.kind === 'refused' ? delivery.reason : delivery.kind, /^nothing was sent to worker\.invalid \(getaddrinfo E/);
  });
});

describe('by TLS', () => {
  const secure = async (certificate: ReturnType<typeof certificateFor>) => {
    const endpoint = await startEndpoint((_, response) => reply(response, 200, { done: 1 }), certificate);
    onTestFinished(() => endpoint.close());
    const to = { labourer: labourerOf('thumb', { target: `https://worker.example:${endpoint.port}/thumb` }) };
    return { endpoint, to };
  };
  const resolve = async () => ['127.0.0.1'];

  it('the endpoint is asked by its name, at the address that was looked at', async () => {
    const certificate = certificateFor('worker.example');
    const { endpoint, to } = await secure(certificate);
    const { invoke } = rigAt(endpoint.url, { resolve, tls: { ca: certificate.cert } });
    // The second one over the same connection.
    for (let n = 0; n < 2; n += 1) assert.deepEqual(await invoke(to), { kind: 'finished', report: { kind: 'done', result: '1' } });
    assert.equal(endpoint.asked[0]?.headers.host, `worker.example:${endpoint.port}`);
  });

  it('what breaks once the connection stands is unknown, over a new one and over one that was kept', async () => {
    const certificate = certificateFor('worker.example');
    const answers = [204, 0, 0];
    const endpoint = await startEndpoint((_, response) => {
      const status = answers.shift();
      if (status) reply(response, status);
      else response.socket?.destroy();
    }, certificate);
    onTestFinished(() => endpoint.close());
    const { invoke } = rigAt(endpoint.url, { resolve, tls: { ca: certificate.cert } });
    const to = { labourer: labourerOf('thumb', { target: `https://worker.example:${endpoint.port}/thumb` }) };
    assert.equal((await invoke(to)).kind, 'finished');
    for (let n = 0; n < 2; n += 1) await assert.rejects(invoke(to), /INVOKE_UNKNOWN/);
    assert.equal(endpoint.asked.length, 3);
  });

  it.each([
    ['a certificate for another name', certificateFor('other.example'), true, /does not match certificate|altnames/i],
    ['a certificate of nobody who is believed', certificateFor('worker.example'), false, /self-signed/],
  ])('%s is refused before anything is sent', async (_, certificate, isBelieved, why) => {
    const { endpoint, to } = await secure(certificate);
    const { invoke } = rigAt(endpoint.url, { resolve, ...(isBelieved && { tls: { ca: [certificate.cert] } }) });
    const delivery = await invoke(to);
    assert.match(delivery.kind === 'refused' ? delivery.reason : delivery.kind, why);
    assert.equal(endpoint.asked.length, 0);
  });

  it('a server that has none is refused', async () => {
    const { endpoint } = await open();
    const { invoke } = rigAt(endpoint.url, { resolve });
    const delivery = await invoke({ labourer: labourerOf('thumb', { target: `https://worker.example:${endpoint.port}/` }) });
    assert.match(
      delivery.kind === 'refused' ? delivery.reason : delivery.kind,
      /^nothing was sent to worker\.example:\d+ \(.*(SSL|wrong version|packet length)/i,
    );
    assert.equal(endpoint.asked.length, 0);
  });

  it('a server that takes the connection and says nothing is refused in time', async () => {
    const server = await rawServer();
    const { invoke } = rigAt(server.url, { resolve, connectTimeout: 60 });
    const delivery = await invoke({ labourer: labourerOf('thumb', { target: `https://worker.example:${server.port}/` }) });
    assert.match(delivery.kind === 'refused' ? delivery.reason : delivery.kind, /no connection within 60 ms/);
    await server.closed();
  });
});
