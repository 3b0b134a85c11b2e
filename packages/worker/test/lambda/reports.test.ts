import assert from 'node:assert/strict';
import { NonRetryableError as CoreNonRetryable, RetryAfterError as CoreRetryAfter } from '@reeve/core';
import { lambdaErrors } from '@reeve/testkit';
import { NonRetryableError, RetryAfterError } from '@reeve/worker';
import { describe, it } from 'vitest';
import { counter } from '../support/counter.ts';
import { LEASE, open, RETRIES } from '../support/rig.ts';

const throws = (error: unknown) => () => {
  throw error;
};

describe('what a worker reports', () => {
  it('an error: the attempt failed, and is retried by the policy', async () => {
    const rig = await open({ handler: throws(new TypeError('no such page')) });
    await rig.begin();
    const task = await rig.find();
    assert.deepEqual(task?.state === 'queued' && [task.lastError, task.due - rig.clock.now()], ['TypeError: no such page', 1_000]);
    assert.deepEqual(rig.answers, [{ reported: 'failed', outcome: 'applied' }]);
  });

  it('an error that no attempt can mend, of this package or of core: dead', async () => {
    for (const error of [
      new NonRetryableError('gone'),
      new CoreNonRetryable('gone'),
      Object.assign(new Error('gone'), { retryable: false }),
    ]) {
      const rig = await open({ handler: throws(error) });
      await rig.begin();
      const task = await rig.find();
      assert.match((task?.state === 'dead' && task.error) || '', /gone$/);
    }
  });

  it('an error with a wait of its own: due after it', async () => {
    for (const error of [new RetryAfterError('quota', 7_000), new CoreRetryAfter('quota', 7_000)]) {
      const rig = await open({ handler: throws(error) });
      await rig.begin();
      const task = await rig.find();
      assert.deepEqual(task?.state === 'queued' && [task.lastError, task.due - rig.clock.now()], ['RetryAfterError: quota', 7_000]);
    }
  });

  it('a result that is too long: dead at once, and the text says both numbers', async () => {
    const rig = await open({ handler: () => 'x'.repeat(1_000), options: { maxResultBytes: 999 } });
    await rig.begin();
    const task = await rig.find();
    const text = 'result: 1002 bytes of JSON, 999 are allowed; keep the data elsewhere and return its key';
    assert.equal(task?.state === 'dead' && task.error, text);
  });

  it('the same, if the user thinks that another attempt may do better', async () => {
    const rig = await open({ handler: () => 'x'.repeat(1_000), options: { maxResultBytes: 999, retryTooLarge: true } });
    await rig.begin();
    assert.equal(await rig.state(), 'queued');
  });

  it('a result that only the Assistant finds too long: dead as well', async () => {
    const rig = await open({ handler: () => 'x'.repeat(1_000), maxResultBytes: 500 });
    await rig.begin();
    const task = await rig.find();
    assert.match((task?.state === 'dead' && task.error) || '', /^the result was refused: .* more than the 500 bytes allowed/);
    assert.deepEqual(rig.told(), ['start', 'done', 'failed']);
  });

  it('a result of more levels than the Assistant takes: dead as well', async () => {
    const rig = await open({ handler: () => Array.from({ length: 70 }).reduce((inner) => [inner], 1) });
    await rig.begin();
    const task = await rig.find();
    assert.match((task?.state === 'dead' && task.error) || '', /^the result was refused: .*PAYLOAD_TOO_DEEP/);
  });

  it('a result that JSON cannot carry: dead, and nothing of it in the text', async () => {
    const rig = await open({ handler: () => ({ secret: { key: new Map([['secret', 1]]) } }) });
    await rig.begin();
    const task = await rig.find();
    assert.equal(task?.state === 'dead' && task.error, 'result: a Map at "key"; give plain data');
  });

  it('statistics that cannot be kept cost no work', async () => {
    const rig = await open({ handler: (_, { stats }) => void Object.assign(stats, { n: 10n }) });
    await rig.begin();
    const task = await rig.find();
    assert.deepEqual(task?.state === 'completed' && [task.result, task.stats], [
      undefined,
      '{"problem":"stats: a bigint at \\"n\\"; give plain data"}',
    ]);
  });

  it('a report whose answer was lost is given again, and was taken once', async () => {
    const rig = await open();
    rig.faults.push(undefined, { kind: 'reset', accepted: true });
    await rig.begin();
    assert.equal(await rig.state(), 'completed');
    assert.deepEqual(rig.told(), ['start', 'done', 'done']);
  });

  it('a start whose answer was lost is asked again under the same name, and begins', async () => {
    const counted = counter();
    const rig = await open({ handler: counted });
    rig.faults.push({ kind: 'reset', accepted: true }, lambdaErrors.throttled());
    await rig.begin();
    assert.deepEqual([counted.times, await rig.state()], [1, 'completed']);
    assert.deepEqual(rig.told(), ['start', 'start', 'start', 'done']);
  });

  it('an Assistant that fails is asked again, and one that is not there is not', async () => {
    const rig = await open();
    rig.endpoint.deploy('assistant', () => {
      throw new Error('the store is away [STORE_UNREACHABLE]');
    });
    await rig.begin();
    assert.equal(rig.told().length, 8);
    assert.match(String(rig.endpoint.runs[0]?.error), /STORE_UNREACHABLE/);
    const missing = await open();
    missing.faults.push(lambdaErrors.notFound('assistant'));
    await missing.begin();
    assert.equal(missing.told().length, 1);
    assert.match(String(missing.endpoint.runs[0]?.error), /ReportRefused: Function not found/);
  });

  it('if nobody can be asked, nothing is run, and the next delivery begins', async () => {
    const counted = counter();
    const rig = await open({ handler: counted });
    rig.faults.push(...Array(8).fill({ kind: 'reset' }));
    await rig.begin();
    assert.equal(counted.times, 0);
    assert.ok(rig.endpoint.runs[0]?.error, 'the invocation failed');
    await rig.clock.advance(RETRIES[0]); // Lambda delivers it a second time by itself
    await rig.endpoint.settled();
    assert.deepEqual([counted.times, await rig.state()], [1, 'completed']);
  });

  it('if a report cannot be given, the invocation fails, and the lease does its work', async () => {
    const counted = counter();
    const rig = await open({ handler: counted });
    rig.faults.push(undefined, ...Array(8).fill({ kind: 'reset' }));
    await rig.begin();
    assert.ok(rig.endpoint.runs[0]?.error);
    assert.equal(await rig.state(), 'running');
    await rig.clock.advance(LEASE);
    await rig.endpoint.settled(); // Lambda's own second run of the event was not let in
    assert.equal(counted.times, 1);
    await rig.reeve.scavenger.sweep();
    assert.equal(await rig.state(), 'queued');
  });

  it('says what is wrong where there is nobody to report to, or no envelope', async () => {
    const rig = await open();
    await assert.rejects(rig.warm({ key: 'cat.jpg' }), /event\.reeve\.labourer: a text is needed, not undefined/);
    const { worker } = await import('@reeve/worker');
    await assert.rejects(worker(() => {})({}), /reportTo: is missing; .* REEVE_ASSISTANT/);
  });
});
