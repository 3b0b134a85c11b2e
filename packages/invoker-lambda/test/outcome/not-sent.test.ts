import assert from 'node:assert/strict';
import { LambdaInvoker } from '@reeve/invoker-lambda';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { contextOf, labourerOf, leaseOf } from '../support/labourers.ts';
import { rawServer } from '../support/raw-server.ts';
import { clientAt, open, SIGNED } from '../support/rig.ts';
import { withoutAws } from '../support/without-aws.ts';

const thumb = labourerOf('thumb');
const reasonOf = async (invoker: LambdaInvoker): Promise<string> => {
  const delivery = await invoker.invoke(thumb, leaseOf(thumb), contextOf());
  await invoker.close();
  assert.equal(delivery.kind, 'refused');
  return delivery.kind === 'refused' ? delivery.reason : assert.fail();
};

/** Where a server was, and is no more. */
const gone = async (): Promise<string> => {
  const server = await rawServer();
  await server.close();
  return server.url;
};

describe('without a connection nothing is sent, and it is refused', () => {
  it('when the server is gone', async () => {
    assert.match(
      await reasonOf(new LambdaInvoker({ ...SIGNED, endpoint: await gone() })),
      /^nothing was sent for thumb \(Error: connect ECONNREFUSED/,
    );
  });

  it('when it is gone at each address of its name', async () => {
    const endpoint = (await gone()).replace('127.0.0.1', 'localhost');
    assert.match(await reasonOf(new LambdaInvoker({ ...SIGNED, endpoint })), /^nothing was sent for thumb \(\w*Error: .*ECONNREFUSED/);
  });

  it('when there is no such host', async () => {
    assert.match(
      await reasonOf(new LambdaInvoker({ ...SIGNED, endpoint: 'http://lambda.invalid' })),
      /^nothing was sent for thumb \(Error: getaddrinfo E/,
    );
  });

  it('when it cannot be made safe', async () => {
    const server = await rawServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    const endpoint = server.url.replace('http:', 'https:');
    assert.match(await reasonOf(new LambdaInvoker({ ...SIGNED, endpoint })), /^nothing was sent for thumb \(Error: .*(SSL|wrong version)/i);
  });

  it('with a client that was given, too', async () => {
    assert.match(await reasonOf(new LambdaInvoker({ client: clientAt(await gone()) })), /ECONNREFUSED/);
  });

  it('and it works again when the server is back', async () => {
    const rig = await open();
    await rig.endpoint.close();
    assert.equal((await rig.invoke()).kind, 'refused');
    const back = await open({}, { port: Number(new URL(rig.endpoint.url).port) });
    assert.deepEqual(await rig.invoke(), { kind: 'accepted' });
    assert.equal(back.endpoint.calls.length, 1);
  });
});

describe('without credentials or region nothing is sent, and it is refused with the remedy', () => {
  beforeEach(() => withoutAws(vi));
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('no credentials', async () => {
    const rig = await open();
    const reason = await reasonOf(new LambdaInvoker({ region: 'us-east-1', endpoint: rig.endpoint.url }));
    assert.match(
      reason,
      /^no AWS credentials were found \(Could not load credentials from any providers\); set AWS_PROFILE, or .* or give lambdaInvoker\(\{ credentials \}\)$/,
    );
    assert.equal(rig.endpoint.calls.length, 0);
  });

  it('no region', async () => {
    const rig = await open();
    const reason = await reasonOf(new LambdaInvoker({ credentials: SIGNED.credentials, endpoint: rig.endpoint.url }));
    assert.equal(reason, 'no AWS region is set; set AWS_REGION, or give lambdaInvoker({ region })');
    assert.equal(rig.endpoint.calls.length, 0);
  });

  it.each([403, 500])('a service that gives out credentials and answers %i is not Lambda', async (httpStatusCode) => {
    const rig = await open();
    const credentials = async () => {
      throw Object.assign(new Error('the vault is shut'), { name: 'VaultError', $metadata: { httpStatusCode } });
    };
    const reason = await reasonOf(new LambdaInvoker({ ...SIGNED, credentials, endpoint: rig.endpoint.url }));
    assert.equal(reason, 'nothing was sent for thumb (VaultError: the vault is shut)');
    assert.equal(rig.endpoint.calls.length, 0);
  });
});
