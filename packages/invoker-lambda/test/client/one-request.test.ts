import assert from 'node:assert/strict';
import type { LambdaClientConfig } from '@aws-sdk/client-lambda';
import { type LambdaFault, lambdaErrors } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { labourerOf } from '../support/labourers.ts';
import { rawServer } from '../support/raw-server.ts';
import { clientAt, open } from '../support/rig.ts';

const FAULTS: readonly (readonly [name: string, fault: LambdaFault, meaning: string])[] = [
  ['throttled', lambdaErrors.throttled(), 'refused'],
  ['an error of Lambda', lambdaErrors.internal(), 'INVOKE_UNKNOWN'],
  ['a cut connection', { kind: 'reset' }, 'INVOKE_UNKNOWN'],
];

/** Tries again at once, whatever the error. */
const stubborn: NonNullable<LambdaClientConfig['retryStrategy']> = {
  acquireInitialRetryToken: async () => token(0),
  refreshRetryTokenForRetry: async (last) => {
    if (last.getRetryCount() >= 3) throw new Error('enough');
    return token(last.getRetryCount() + 1);
  },
  recordSuccess: () => {},
};
const token = (count: number) => ({ getRetryCount: () => count, getRetryDelay: () => 0 });

const CLIENTS: readonly (readonly [name: string, config: LambdaClientConfig])[] = [
  ['retries at their default', {}],
  ['five attempts', { maxAttempts: 5 }],
  ['adaptive retries', { maxAttempts: 5, retryMode: 'adaptive' }],
  ['a strategy of its own that never gives up', { maxAttempts: 5, retryStrategy: stubborn }],
];

describe('one request for each attempt', () => {
  it.each(FAULTS)('with a client of our own: %s', async (_, fault) => {
    const rig = await open();
    rig.endpoint.next(fault);
    await rig.invoke().catch(() => undefined);
    assert.equal(rig.endpoint.calls.length, 1);
  });

  describe.each(CLIENTS)('with a client that has %s', (_, config) => {
    it.each(FAULTS)('%s', async (__, fault, meaning) => {
      const { endpoint, invoke } = await open((url) => ({ client: clientAt(url, config) }));
      endpoint.next(fault);
      const outcome = await invoke().then(
        ({ kind }) => kind,
        ({ code }) => code,
      );
      assert.deepEqual([endpoint.calls.length, outcome], [1, meaning]);
      assert.deepEqual(await invoke(), { kind: 'accepted' });
    });
  });

  it('also where the client has a part that sends everything twice', async () => {
    const { endpoint, invoke } = await open((url) => {
      const client = clientAt(url);
      client.middlewareStack.add((next) => async (args) => (await Promise.all([next(args), next(args)]))[0], { step: 'initialize' });
      return { client };
    });
    assert.deepEqual(await invoke(), { kind: 'accepted' });
    assert.equal(endpoint.calls.length, 1);
  });

  it('says in its header that there will be no other', async () => {
    const heads: string[] = [];
    const server = await rawServer((socket) =>
      socket.once('data', (data) => {
        heads.push(data.toString('latin1'));
        socket.end('HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n');
      }),
    );
    const rig = await open({ endpoint: server.url });
    await rig.invoke();
    assert.match(heads[0] ?? '', /^amz-sdk-request: attempt=1; max=1\r$/m);
  });

  it('asks for an asynchronous invocation of the very function', async () => {
    const rig = await open();
    await rig.invoke({ labourer: labourerOf('thumb', { target: 'arn:aws:lambda:us-east-1:123456789012:function:thumb' }) });
    const [call] = rig.endpoint.calls;
    assert.deepEqual([call?.invocationType, call?.functionName], ['Event', 'thumb']);
  });
});
