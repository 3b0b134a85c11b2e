import assert from 'node:assert/strict';
import { LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { LambdaInvoker } from '@reeve/invoker-lambda';
import { type LambdaFault, lambdaErrors, startLambdaEndpoint } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { contextOf, labourerOf, leaseOf } from '../support/labourers.ts';
import { open, SIGNED } from '../support/rig.ts';

const thumb = labourerOf('thumb');
const FAULTS: readonly (readonly [name: string, fault: LambdaFault])[] = [
  ['throttled', lambdaErrors.throttled()],
  ['an error of Lambda', lambdaErrors.internal()],
  ['a cut connection', { kind: 'reset' }],
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
    it.each(FAULTS)('%s', async (__, fault) => {
      const endpoint = await startLambdaEndpoint({ functions: { thumb: () => {} } });
      const client = new LambdaClient({ ...SIGNED, endpoint: endpoint.url, ...config });
      const invoker = new LambdaInvoker({ client });
      endpoint.next(fault);
      const answer = await invoker.invoke(thumb, leaseOf(thumb), contextOf()).catch(({ code }) => code);
      assert.equal(endpoint.calls.length, 1);
      assert.equal(
        fault.kind === 'error' && fault.status === 429 ? answer.kind : answer,
        fault.kind === 'error' && fault.status === 429 ? 'refused' : 'INVOKE_UNKNOWN',
      );
      assert.deepEqual(await invoker.invoke(thumb, leaseOf(thumb), contextOf()), { kind: 'accepted' });
      client.destroy();
      await endpoint.close();
    });
  });

  it('also where the client has a part that sends everything twice', async () => {
    const endpoint = await startLambdaEndpoint({ functions: { thumb: () => {} } });
    const client = new LambdaClient({ ...SIGNED, endpoint: endpoint.url });
    client.middlewareStack.add((next) => async (args) => (await Promise.all([next(args), next(args)]))[0], {
      step: 'initialize',
      name: 'hedge',
    });
    const invoker = new LambdaInvoker({ client });
    assert.deepEqual(await invoker.invoke(thumb, leaseOf(thumb), contextOf()), { kind: 'accepted' });
    assert.equal(endpoint.calls.length, 1);
    client.destroy();
    await endpoint.close();
  });

  it('asks for an asynchronous invocation of the very function', async () => {
    const rig = await open();
    await rig.invoke({ labourer: labourerOf('thumb', { target: 'arn:aws:lambda:us-east-1:123456789012:function:thumb' }) });
    const [call] = rig.endpoint.calls;
    assert.deepEqual([call?.invocationType, call?.functionName], ['Event', 'thumb']);
  });
});
