import assert from 'node:assert/strict';
import { Clock, createReeve, memoryStore, type WorkerMessage } from '@reeve/core';
import { lambdaInvoker, reportsOfDestination } from '@reeve/invoker-lambda';
import { type LambdaEventSettings, type LambdaHandler, ManualClock, startLambdaEndpoint } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { describe, it, onTestFinished } from 'vitest';
import { SIGNED } from '../support/rig.ts';

const MINUTE = 60_000;

/** A function that knows nothing of Reeve, and an Assistant at the end of its destinations. */
const compose = async (thumb: LambdaHandler, through?: 'sqs' | 'sns' | 'eventbridge', settings: LambdaEventSettings = {}) => {
  const clock = new ManualClock();
  const outcomes: string[] = [];
  const report = async (message: WorkerMessage): Promise<void> => {
    const { attempt } = message;
    if (message.reeve === 'done') outcomes.push(await reeve.assistant.done(attempt, message));
    else if (message.reeve === 'failed') outcomes.push(await reeve.assistant.failed(attempt, message));
  };
  const assistant = async (event: unknown): Promise<void> => {
    for (const message of reportsOfDestination(event)) await report(message);
  };
  const to = { functionName: 'assistant', ...(through && { through }) };
  const endpoint = await startLambdaEndpoint({
    functions: { thumb, assistant },
    events: { thumb: { onSuccess: to, onFailure: to, maximumRetryAttempts: 0, maximumEventAge: MINUTE, ...settings } },
    clock,
  });
  const reeve = createReeve({
    labourers: {
      thumb: {
        maxSimultaneousInvocations: 5,
        maxAttempts: 2,
        lease: { duration: 10 * MINUTE },
        retry: { kind: 'fixed', wait: 0, on: [{ match: 'TypeError', policy: 'dead' }] },
        options: { message: 'beside' },
      },
    },
    use: [
      memoryStore(),
      lambdaInvoker({ ...SIGNED, endpoint: endpoint.url }),
      new ContainerModule(({ bind }) => void bind(Clock).toConstantValue(clock)),
    ],
  });
  onTestFinished(async () => {
    await reeve.close();
    await endpoint.close();
  });
  const turn = async (): Promise<void> => {
    await reeve.tick();
    for (let n = 0; n < 10; n += 1) await new Promise((resolve) => setImmediate(resolve));
    await endpoint.settled();
  };
  const stateOf = async (id: string) => {
    const task = await reeve.find({ labourer: 'thumb', id });
    return task ?? assert.fail('there is no such task');
  };
  return { reeve, endpoint, clock, outcomes, turn, stateOf, report };
};

describe('a function that knows nothing of Reeve is orchestrated through its destinations', () => {
  for (const through of [undefined, 'sqs', 'sns', 'eventbridge'] as const) {
    it(`to the Assistant ${through ? `by ${through}` : 'itself'}`, async () => {
      const { reeve, turn, stateOf, outcomes } = await compose(({ key }) => ({ made: key }), through);
      const { id } = await reeve.enqueue('thumb', { key: 'cat.jpg' });
      await turn();
      const task = await stateOf(id);
      assert.equal(task.state === 'completed' && task.result, '{"made":"cat.jpg"}');
      assert.deepEqual(outcomes, ['applied']);
    });
  }

  it('a failure is retried as a new attempt, and dead after the last', async () => {
    const tokens = new Set<string>();
    const { reeve, turn, stateOf } = await compose(({ _reeve }) => {
      tokens.add(_reeve.token);
      throw new RangeError('out of paper');
    });
    const { id } = await reeve.enqueue('thumb', {});
    await turn();
    assert.deepEqual((await stateOf(id)).state, 'queued');
    await turn();
    const task = await stateOf(id);
    assert.equal(task.state === 'dead' && task.error, 'RangeError: out of paper');
    assert.equal(tokens.size, 2);
  });

  it('by its error’s name it may be dead at once', async () => {
    const { reeve, turn, stateOf } = await compose(() => {
      throw new TypeError('out of ink');
    });
    const { id } = await reeve.enqueue('thumb', {});
    await turn();
    assert.equal((await stateOf(id)).state, 'dead');
  });

  it('an event that grew too old while Lambda held it is retried before its lease is over', async () => {
    const { reeve, endpoint, clock, turn, stateOf, outcomes } = await compose(() => 1);
    const { id } = await reeve.enqueue('thumb', {});
    endpoint.hold('thumb');
    await turn();
    await clock.advance(MINUTE + 1);
    await turn();
    assert.deepEqual([(await stateOf(id)).state, outcomes], ['queued', ['applied']]);
    endpoint.release('thumb');
    await turn();
    assert.deepEqual([(await stateOf(id)).state, outcomes], ['completed', ['applied', 'applied']]);
  });
});

describe('nothing changes by a record that', () => {
  it('comes twice, or says otherwise afterwards', async () => {
    const { reeve, endpoint, turn, stateOf, outcomes, report } = await compose(() => 1);
    const { id } = await reeve.enqueue('thumb', {});
    await turn();
    const { _reeve: attempt } = JSON.parse(endpoint.calls[0]!.text);
    await report({ reeve: 'done', attempt, result: 2 });
    await report({ reeve: 'failed', attempt, error: 'no' });
    const task = await stateOf(id);
    assert.equal(task.state === 'completed' && task.result, '1');
    assert.deepEqual(outcomes, ['applied', 'repeated', 'stale']);
  });

  it('is forged, late, or of a task that there is not', async () => {
    const { reeve, endpoint, turn, stateOf, outcomes, clock } = await compose(() => 1, undefined, { maximumEventAge: 60 * MINUTE });
    const { id } = await reeve.enqueue('thumb', {});
    endpoint.hold('thumb');
    await turn();
    const { _reeve: own } = JSON.parse(endpoint.calls[0]!.text);
    const record = (attempt: object) => ({
      requestContext: { condition: 'Success' },
      requestPayload: { _reeve: attempt },
      responsePayload: 9,
    });
    for (const [attempt, why] of [
      [{ ...own, token: 'forged' }, 'another token'],
      [{ ...own, id: 'ghost' }, 'no such task'],
    ] as const) {
      for (const message of reportsOfDestination(record(attempt)))
        if (message.reeve === 'done') assert.equal(await reeve.assistant.done(message.attempt, message), 'stale', why);
    }
    assert.equal((await stateOf(id)).state, 'running');
    assert.equal(await reeve.find({ labourer: 'thumb', id: 'ghost' }), undefined);
    // The lease is over and another attempt runs when the first one's event is let go.
    await clock.advance(30 * MINUTE);
    await reeve.sweep();
    await turn();
    endpoint.release('thumb');
    await turn();
    assert.deepEqual(outcomes.toSorted(), ['applied', 'stale']);
    assert.equal((await stateOf(id)).state, 'completed');
  });
});
