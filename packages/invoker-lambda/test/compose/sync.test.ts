import assert from 'node:assert/strict';
import { createReeve, memoryStore } from '@reeve/core';
import { lambdaInvoker } from '@reeve/invoker-lambda';
import { startLambdaEndpoint } from '@reeve/testkit';
import { it, onTestFinished } from 'vitest';
import { gate } from '../support/gate.ts';
import { SIGNED } from '../support/rig.ts';

it('functions that know nothing of Reeve are done within the round that called them, or retried, or dead by a rule', async () => {
  let runs = 0;
  const thumb = ({ key }: { readonly key: string }) => {
    runs += 1;
    if (key === 'bad.jpg') throw Object.assign(new Error('no picture'), { name: 'ValidationError' });
    if (key === 'flaky.jpg' && runs < 4) throw new RangeError('busy');
    return { made: key };
  };
  const endpoint = await startLambdaEndpoint({ functions: { thumb } });
  const reeve = createReeve({
    labourers: {
      thumb: {
        maxSimultaneousInvocations: 1,
        retry: { kind: 'fixed', wait: 0, on: [{ match: 'ValidationError', policy: 'dead' }] },
        options: { invocation: 'sync', message: 'payload' },
      },
    },
    use: [memoryStore(), lambdaInvoker({ ...SIGNED, endpoint: endpoint.url })],
  });
  onTestFinished(async () => {
    await reeve.close();
    await endpoint.close();
  });
  const stateOf = async (id: string) => (await reeve.find({ labourer: 'thumb', id }))?.state;
  for (const name of ['cat', 'bad', 'flaky']) await reeve.enqueue('thumb', { key: `${name}.jpg` }, { id: name });
  for (let n = 0; n < 4; n += 1) assert.equal((await reeve.tick()).labourers[0]?.accepted, 0);
  assert.deepEqual(await Promise.all(['cat', 'bad', 'flaky'].map(stateOf)), ['completed', 'dead', 'completed']);
  assert.equal(endpoint.calls[0]?.text, '{"key":"cat.jpg"}');
});

it('a daemon that stops waits for the functions that it has called, and keeps what they answer', async () => {
  const { pass, reached, release } = gate();
  const endpoint = await startLambdaEndpoint({ functions: { thumb: () => pass().then(() => ({ made: 1 })) } });
  const reeve = createReeve({
    labourers: { thumb: { maxSimultaneousInvocations: 1, options: { invocation: 'sync' } } },
    use: [memoryStore(), lambdaInvoker({ ...SIGNED, endpoint: endpoint.url })],
  });
  onTestFinished(async () => {
    await reeve.close();
    await endpoint.close();
  });
  const { id } = await reeve.enqueue('thumb', {});
  const stop = new AbortController();
  const service = reeve.run({ signal: stop.signal });
  await reached(1);
  stop.abort();
  release();
  await service;
  const task = await reeve.find({ labourer: 'thumb', id });
  assert.equal(task?.state === 'completed' && task.result, '{"made":1}');
});
