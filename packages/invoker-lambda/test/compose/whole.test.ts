import assert from 'node:assert/strict';
import { type Assistant, type AttemptRef, createReeve, memoryStore } from '@reeve/core';
import { lambdaInvoker } from '@reeve/invoker-lambda';
import { type LambdaFault, type LambdaHandler, lambdaErrors, startLambdaEndpoint } from '@reeve/testkit';
import { describe, it, onTestFinished } from 'vitest';
import { SIGNED } from '../support/rig.ts';

interface Parts {
  readonly functions: Readonly<Record<string, LambdaHandler>>;
  readonly labourers: readonly string[];
  /** By function. */
  readonly faults?: Readonly<Record<string, LambdaFault>>;
}

/** A whole composition, and a local Lambda for it. */
const compose = async ({ functions, labourers, faults = {} }: Parts) => {
  const endpoint = await startLambdaEndpoint({ functions, fault: ({ functionName }) => faults[functionName] });
  const reeve = createReeve({
    labourers: Object.fromEntries(labourers.map((id) => [id, { maxSimultaneousInvocations: 5 }])),
    use: [memoryStore(), lambdaInvoker({ ...SIGNED, endpoint: endpoint.url })],
  });
  onTestFinished(async () => {
    await reeve.close();
    await endpoint.close();
  });
  return { endpoint, reeve };
};

interface Enveloped {
  readonly reeve: AttemptRef;
  readonly payload: { readonly key: string };
}

describe('a whole composition', () => {
  it('hands a task to a function, which reports with what its envelope gave it', async () => {
    let assistant: Assistant | undefined;
    const thumb = async ({ reeve: attempt, payload }: Enveloped) => {
      assert.equal(await assistant?.done(attempt, { result: { made: payload.key } }), 'applied');
    };
    const whole = await compose({ functions: { thumb }, labourers: ['thumb'] });
    assistant = whole.reeve.assistant;
    const { id } = await whole.reeve.enqueue('thumb', { key: 'cat.jpg' });
    assert.equal((await whole.reeve.tick()).labourers[0]?.accepted, 1);
    await whole.endpoint.settled();
    assert.deepEqual(
      whole.endpoint.runs.map(({ error }) => error),
      [undefined],
    );
    const task = await whole.reeve.find({ labourer: 'thumb', id });
    assert.equal(task?.state === 'completed' && task.result, '{"made":"cat.jpg"}');
  });

  it('goes on with the other labourers whatever one of them meets', async () => {
    const functions = { thumb: () => {}, throttled: () => {}, broken: () => {}, picky: () => {} };
    const faults = { throttled: lambdaErrors.throttled(30), broken: lambdaErrors.internal(), picky: lambdaErrors.invalidContent('no') };
    const whole = await compose({ functions, faults, labourers: ['missing', 'throttled', 'broken', 'picky', 'thumb'] });
    const { reeve } = whole;
    const held: string[] = [];
    reeve.on('labourer.held', ({ labourer, reason }) => held.push(`${labourer}: ${reason.split(' (')[0]}`));
    for (const { id } of reeve.labourers) await reeve.enqueue(id, {}, { id: `${id}-1` });

    const { labourers } = await reeve.tick();
    const outcomes = labourers.map(({ labourer, accepted, finished, refused, unknown }) => [
      labourer,
      accepted,
      finished,
      refused,
      unknown,
    ]);
    assert.deepEqual(outcomes, [
      ['missing', 0, 0, 1, 0],
      ['throttled', 0, 0, 1, 0],
      ['broken', 0, 0, 0, 1],
      ['picky', 0, 1, 0, 0],
      ['thumb', 1, 0, 0, 0],
    ]);
    const states = await Promise.all(
      reeve.labourers.map(async ({ id }) => {
        const task = await reeve.find({ labourer: id, id: `${id}-1` });
        return [task?.state, task && 'attempts' in task && task.attempts];
      }),
    );
    // Refused ones have their attempt back; of the broken one nobody knows, so it waits for its lease.
    assert.deepEqual(states, [
      ['queued', 0],
      ['queued', 0],
      ['running', 1],
      ['dead', 1],
      ['running', 1],
    ]);
    assert.deepEqual(held.toSorted(), ['missing: there is no function missing', 'throttled: Lambda throttled throttled']);
  });
});
