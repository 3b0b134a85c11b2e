import assert from 'node:assert/strict';
import { type ReportChannel, reportTo, type WorkerContext } from '@reeve/worker';
import { describe, it } from 'vitest';
import { LEASE, open, type RigOptions } from '../support/rig.ts';
import { until } from '../support/until.ts';

/** A worker at work, whose handler ends when it is told to stop, or by hand. It reports without a network, so that a clock is all there is to wait for. */
const atWork = async ({ lambdaLeft, ...options }: RigOptions & { readonly lambdaLeft?: number } = {}) => {
  let ctx: WorkerContext | undefined;
  let end = (_: unknown): void => {};
  const rig = await open({
    ...options,
    handler: async (_, context) => {
      ctx = context;
      return await new Promise((resolve, reject) => {
        end = resolve;
        context.signal.addEventListener('abort', () => reject(context.signal.reason as Error));
      });
    },
  });
  const told: string[] = [];
  const lost: string[] = [];
  const direct = reportTo.assistant(rig.assistant.assistant);
  const channel: ReportChannel = {
    send: async (message, signal) => {
      told.push(message.reeve);
      if (lost[0] !== message.reeve) return direct.send(message, signal);
      lost.shift();
      throw new Error('the network is away');
    },
  };
  const made = rig.make({ reportTo: channel });
  const ends = rig.clock.now() + (lambdaLeft ?? 0);
  rig.endpoint.deploy('thumb', (event) =>
    made(event, lambdaLeft === undefined ? {} : { getRemainingTimeInMillis: () => ends - rig.clock.now() }),
  );
  await rig.reeve.enqueue('thumb', {}, { id: '1' });
  await rig.reeve.tick();
  await until(() => ctx !== undefined);
  assert.ok(ctx);
  const pass = async (by: number): Promise<void> => {
    for (let passed = 0; passed < by; passed += 1_000) {
      await rig.clock.advance(Math.min(1_000, by - passed));
      for (let turns = 0; turns < 5; turns += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };
  return {
    ...rig,
    ctx,
    pass,
    told: () => told,
    lose: (kind: string, times: number) => void lost.push(...Array(times).fill(kind)),
    end: (value: unknown) => end(value),
  };
};

describe('the time of a worker', () => {
  it('is told to stop before Lambda ends it, in time to report', async () => {
    const t = await atWork({ lambdaLeft: 30_000 });
    assert.equal(t.ctx.remaining(), 27_000);
    await t.clock.advance(26_999);
    assert.equal(t.ctx.signal.aborted, false);
    await t.clock.advance(1);
    assert.equal(t.ctx.signal.aborted, true);
    await t.endpoint.settled();
    const task = await t.find();
    assert.equal(task?.state === 'queued' && task.lastError, 'TimeoutError: the time of this attempt is up');
  });

  it('of a short time it keeps a quarter for itself', async () => {
    const t = await atWork({ lambdaLeft: 3_000 });
    assert.equal(t.ctx.remaining(), 2_250);
    t.end(1);
    await t.endpoint.settled();
  });

  it('is told to stop before its lease ends, if nothing renews it', async () => {
    const t = await atWork({ lambdaLeft: 900_000, options: { heartbeats: false, margin: 5_000 } });
    assert.equal(t.ctx.remaining(), LEASE - 5_000);
    await t.clock.advance(LEASE - 5_000);
    assert.equal(t.ctx.signal.aborted, true);
    await t.endpoint.settled();
    assert.deepEqual(t.told(), ['start', 'failed']);
  });

  it('renews its lease every third of it for as long as it works, and not after', async () => {
    const t = await atWork({ lambdaLeft: 900_000 });
    await t.pass(5 * LEASE);
    assert.equal(t.ctx.signal.aborted, false);
    assert.equal(t.told().filter((each) => each === 'heartbeat').length, 15);
    assert.equal(t.ctx.deadline, t.clock.now() + LEASE);
    t.end('done');
    await t.endpoint.settled();
    const told = t.told().length;
    await t.pass(2 * LEASE);
    assert.deepEqual([t.told().length, await t.state(), t.clock.sleeping], [told, 'completed', 0]);
  });

  it('renews when it is asked to', async () => {
    const t = await atWork({ options: { heartbeats: false } });
    await t.clock.advance(40_000);
    assert.equal(await t.ctx.heartbeat(), true);
    assert.equal(t.ctx.remaining(), LEASE - 3_000);
    assert.equal(t.ctx.deadline, t.clock.now() + LEASE);
    t.end(1);
    await t.endpoint.settled();
    assert.equal(await t.ctx.heartbeat(), false, 'and not when it is over');
    assert.deepEqual(t.told(), ['start', 'heartbeat', 'done']);
  });

  it('goes on when heartbeats are lost, and tries again before the lease ends', async () => {
    const t = await atWork();
    t.lose('heartbeat', 8);
    await t.pass(2 * LEASE);
    assert.equal(t.ctx.signal.aborted, false);
    t.end(1);
    await t.endpoint.settled();
    assert.equal(await t.state(), 'completed');
  });

  it('stops in time when no heartbeat gets through, and reports all the same', async () => {
    const t = await atWork();
    t.lose('heartbeat', 1_000);
    await t.pass(LEASE - 4_000);
    assert.equal(t.ctx.signal.aborted, false);
    await t.pass(1_000);
    assert.equal(t.ctx.signal.aborted, true);
    await t.endpoint.settled();
    assert.equal(await t.state(), 'queued');
  });

  it('does not wait for ever for a channel that does not answer', async () => {
    const t = await atWork();
    const silent = t.make({ reportTo: { send: () => new Promise(() => {}) }, timeout: 1_000 });
    const [event = ''] = t.events();
    const asked = assert.rejects(silent(JSON.parse(event)), /no answer to "start" within 1000 ms/);
    await t.pass(9_000);
    await asked;
    t.end(1);
    await t.endpoint.settled();
  });

  it('stops at once when its container was frozen for too long', async () => {
    const t = await atWork();
    t.clock.set(t.clock.now() + LEASE + 10_000);
    await t.endpoint.settled();
    assert.equal(t.ctx.signal.aborted, true);
  });

  it('stops when its task was cancelled, and whatever it says ends it so', async () => {
    const t = await atWork();
    await t.reeve.cancel({ labourer: 'thumb', id: '1' });
    await t.pass(LEASE / 3);
    assert.equal((t.ctx.signal.reason as Error).name, 'CancelledError');
    await t.endpoint.settled();
    assert.equal(await t.state(), 'cancelled');
  });

  it('hears that another attempt may have started', async () => {
    const t = await atWork({ options: { heartbeats: false } });
    const running = await t.find();
    assert.ok(running?.state === 'running');
    await t.assistant.assistant.failed({ labourer: 'thumb', id: '1', token: running.token }, { error: 'somebody else' });
    assert.equal(await t.ctx.heartbeat(), false);
    assert.equal((t.ctx.signal.reason as Error).name, 'LeaseLostError');
    await t.endpoint.settled();
  });

  it('counts from the answer of the store, whatever its own clock says', async () => {
    const t = await atWork({ lambdaLeft: 900_000, clockOff: 3_600_000 });
    assert.equal(t.ctx.remaining(), LEASE - 3_000);
    t.end(1);
    await t.endpoint.settled();
    assert.equal(await t.state(), 'completed');
  });
});
