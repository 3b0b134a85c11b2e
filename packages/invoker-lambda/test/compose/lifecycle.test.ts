import assert from 'node:assert/strict';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { createReeve, memoryStore, ReeveError } from '@reeve/core';
import { LambdaInvoker, lambdaInvoker } from '@reeve/invoker-lambda';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { contextOf, labourerOf, leaseOf } from '../support/labourers.ts';
import { type RawServer, rawServer } from '../support/raw-server.ts';
import { clientAt, open, SIGNED } from '../support/rig.ts';
import { withoutAws } from '../support/without-aws.ts';

beforeEach(() => withoutAws(vi));
afterEach(() => {
  vi.unstubAllEnvs();
});

const faultOf = async (started: Promise<unknown>): Promise<ReeveError> => {
  const outcome = await started.catch((error: unknown) => error);
  assert.ok(ReeveError.is(outcome), String(outcome));
  return outcome;
};

describe('start', () => {
  it('finds region and credentials where they are given, or in the environment', async () => {
    await new LambdaInvoker(SIGNED).start();
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
    await new LambdaInvoker().start();
  });

  it('misses the region, and says how to give one', async () => {
    const { kind, code, message } = await faultOf(new LambdaInvoker({ credentials: SIGNED.credentials }).start());
    assert.deepEqual([kind, code], ['config', 'REGION_MISSING']);
    assert.match(message, /set AWS_REGION, or give lambdaInvoker\(\{ region \}\)/);
  });

  it('misses the credentials, and says how to give some', async () => {
    const { kind, code, message } = await faultOf(new LambdaInvoker({ region: 'eu-west-1' }).start());
    assert.deepEqual([kind, code], ['config', 'CREDENTIALS_MISSING']);
    assert.match(
      message,
      /Could not load credentials from any providers\); set AWS_PROFILE, or .* or give lambdaInvoker\(\{ credentials \}\)/,
    );
  });

  it('does not wait for ever for a metadata service that keeps silent', async () => {
    const server = await rawServer();
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined);
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', server.url);
    const { code, message } = await faultOf(new LambdaInvoker({ region: 'eu-west-1', requestTimeout: 100 }).start());
    assert.equal(code, 'CREDENTIALS_MISSING');
    assert.match(message, /no word of them within 100 ms/);
  });

  it('leaves the credentials of a client that was given to that client', async () => {
    const client = new LambdaClient({ region: 'eu-west-1' });
    await new LambdaInvoker({ client }).start();
    assert.equal((await faultOf(new LambdaInvoker({ client: new LambdaClient({}) }).start())).code, 'REGION_MISSING');
    client.destroy();
  });

  it('stops a composition from starting', async () => {
    const labourers = { thumb: { maxSimultaneousInvocations: 1 } };
    const reeve = createReeve({ labourers, use: [memoryStore(), lambdaInvoker({ region: 'eu-west-1' })] });
    assert.equal((await faultOf(reeve.tick())).code, 'CREDENTIALS_MISSING');
    await reeve.close();
  });
});

describe('close', () => {
  const ACCEPTED = 'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n';
  const lambda = (): Promise<RawServer> =>
    rawServer((socket) => socket.on('data', (data) => data.includes('\r\n\r\n') && socket.write(ACCEPTED)));
  const invoke = async (invoker: LambdaInvoker): Promise<void> => {
    const thumb = labourerOf('thumb');
    assert.deepEqual(await invoker.invoke(thumb, leaseOf(thumb), contextOf()), { kind: 'accepted' });
  };
  const closed = async (server: RawServer): Promise<void> => {
    while (server.open > 0) await new Promise((resolve) => setImmediate(resolve));
  };

  it('closes the connections of its own client, and may be called twice', async () => {
    const server = await lambda();
    const invoker = new LambdaInvoker({ ...SIGNED, endpoint: server.url });
    await invoke(invoker);
    assert.equal(server.open, 1);
    await invoker.close();
    await invoker.close();
    await closed(server);
  });

  it('leaves a client alone that was given', async () => {
    const server = await lambda();
    const client = clientAt(server.url);
    const destroyed = vi.spyOn(client, 'destroy');
    const invoker = new LambdaInvoker({ client });
    await invoke(invoker);
    await invoker.close();
    assert.equal(destroyed.mock.calls.length, 0);
    await invoke(new LambdaInvoker({ client }));
    client.destroy();
    await closed(server);
  });

  it('before anything was opened is fine, and so is a new start after it', async () => {
    const rig = await open();
    await rig.invoker.close();
    await rig.invoker.start();
    assert.deepEqual(await rig.invoke(), { kind: 'accepted' });
  });
});
