import assert from 'node:assert/strict';
import { type Handler, InProcessInvoker, NonRetryableError, RetryAfterError, type TaskContext } from '@reeve/core';
import { describe, it } from 'vitest';
import { rig, settle } from './rig.ts';

const labourers = {
  a: { maxSimultaneousInvocations: 2, maxAttempts: 3, lease: { duration: 1_000, cooldown: 500 }, retry: { kind: 'linear', step: 100 } },
} as const;

const open = (handler: Handler) =>
  rig({ labourers, parts: { invoker: new InProcessInvoker({ handlers: { a: handler }, maxResultBytes: 100 }) } });

const runOnce = async (handler: Handler, payload: unknown = {}) => {
  const r = open(handler);
  const { id } = await r.enqueuer.enqueue('a', payload);
  await r.orchestrator.tick();
  return { ...r, task: await r.store.find({ labourer: 'a', id }) };
};

describe('a worker as a function', () => {
  it('gets its payload and who it is', async () => {
    let seen: unknown;
    const { task } = await runOnce(
      (payload, { labourer, id, attempt }: TaskContext) => {
        seen = { payload, labourer, attempt, id };
      },
      { key: 'cat.jpg', n: [1, 2] },
    );
    assert.deepEqual(seen, { payload: { key: 'cat.jpg', n: [1, 2] }, labourer: 'a', attempt: 1, id: task?.id });
    assert.equal(task?.state, 'completed');
  });

  it('what it returns is the result; nothing is no result', async () => {
    const { task } = await runOnce(async () => ({ size: 3 }));
    assert.equal(task?.state === 'completed' && task.result, '{"size":3}');
    const none = await runOnce(() => undefined);
    assert.equal(none.task?.state === 'completed' && 'result' in none.task, false);
  });

  it('what it throws makes the attempt fail', async () => {
    const { task } = await runOnce(() => {
      throw new TypeError('boom');
    });
    assert.equal(task?.state === 'queued' && task.lastError, 'TypeError: boom');
  });

  it('NonRetryableError is the end; RetryAfterError says when', async () => {
    const { task: dead } = await runOnce(() => {
      throw new NonRetryableError('no such page');
    });
    assert.equal(dead?.state, 'dead');
    const { task: later, clock } = await runOnce(() => {
      throw new RetryAfterError('quota', 7_000);
    });
    assert.equal(later?.state === 'queued' && later.due, clock.now() + 7_000);
  });

  it('a result that JSON cannot carry, or too long a one, is dead at once and says why', async () => {
    const { task } = await runOnce(() => ({ sizes: new Map() }));
    assert.match(task?.state === 'dead' ? task.error : '', /result\.sizes/);
    const long = await runOnce(() => 'x'.repeat(200));
    assert.match(long.task?.state === 'dead' ? long.task.error : '', /PAYLOAD_TOO_LARGE/);
  });

  it('its signal aborts when its time is up; what it then throws is a failed attempt', async () => {
    const r = open(
      (_, { signal }: TaskContext) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const { id } = await r.enqueuer.enqueue('a', {});
    const tick = r.orchestrator.tick();
    await settle();
    await r.clock.advance(999);
    await settle();
    assert.equal((await r.store.find({ labourer: 'a', id }))?.state, 'running');
    await r.clock.advance(1);
    await tick;
    const task = await r.store.find({ labourer: 'a', id });
    assert.match((task?.state === 'queued' && task.lastError) || '', /time of this attempt is up/);
  });

  it('a heartbeat moves its deadline, and answers false when the lease is lost', async () => {
    const beats: boolean[] = [];
    let beat = async (): Promise<void> => {};
    let aborted = false;
    let finish = (): void => {};
    const r = open((_, context: TaskContext) => {
      context.signal.addEventListener('abort', () => {
        aborted = true;
      });
      beat = async () => void beats.push(await context.heartbeat());
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    });
    const { id } = await r.enqueuer.enqueue('a', {});
    const tick = r.orchestrator.tick();
    await settle();
    await r.clock.advance(900);
    await beat();
    await r.clock.advance(900);
    await settle();
    assert.deepEqual([beats, aborted], [[true], false], 'still within the moved deadline');
    const task = await r.store.find({ labourer: 'a', id });
    assert.ok(task?.state === 'running');
    await r.store.settle([{ labourer: 'a', id, token: task.token, kind: 'dead', error: 'stopped by hand' }]);
    await beat();
    assert.deepEqual([beats, aborted], [[true, false], true]);
    finish();
    await tick;
    assert.equal(r.named('verdict.refused').length, 1, 'its late word changes nothing');
    assert.equal((await r.store.find({ labourer: 'a', id }))?.state, 'dead');
  });

  it('runs as many attempts of a labourer at once as it is told to, below the cap', async () => {
    let running = 0;
    let most = 0;
    const handler: Handler = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => setImmediate(resolve));
      running -= 1;
    };
    const invoker = new InProcessInvoker({ handlers: { a: handler }, parallelism: 3 });
    const r = rig({ labourers: { a: { maxSimultaneousInvocations: 10 } }, parts: { invoker } });
    await r.enqueuer.enqueueMany(
      'a',
      Array.from({ length: 20 }, () => ({ payload: {} })),
    );
    const stop = new AbortController();
    const ended = r.orchestrator.run({ signal: stop.signal });
    await settle(400);
    stop.abort();
    await ended;
    assert.equal(r.named('task.completed').length, 20);
    assert.equal(most, 3);
  });

  it.each([0, -1, 1.5, Number.NaN, '2' as never])('refuses a parallelism of %s', (parallelism) => {
    assert.throws(() => new InProcessInvoker({ handlers: {}, parallelism }), /inProcessInvoker.parallelism: .*INVALID_PARALLELISM/s);
  });

  it('says before anything runs which labourers have no handler', () => {
    const invoker = new InProcessInvoker({ handlers: { a: 5 as never } });
    const [a, b] = rig({ labourers: { a: { maxSimultaneousInvocations: 1 }, b: { maxSimultaneousInvocations: 1 } } }).labourers;
    assert.ok(a && b);
    assert.match(invoker.check(a)[0]?.problem ?? '', /is number; give a function/);
    assert.match(invoker.check(b)[0]?.problem ?? '', /missing/);
  });
});
