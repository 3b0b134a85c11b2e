import assert from 'node:assert/strict';
import { createReeve, Enqueuer, Follower, inProcessInvoker, type JsonText, memoryStore, type NewTask, type Verdict } from '@reeve/core';
import { describe, it } from 'vitest';
import { atEveryCall, Crash, crashing } from './crashing.ts';
import { rig, settle } from './rig.ts';

const labourers = { a: { maxSimultaneousInvocations: 4, maxAttempts: 1 }, b: { maxSimultaneousInvocations: 4 } };
type Rig = ReturnType<typeof rig>;
const queuedOf = async (r: Rig, labourer = 'b') => (await r.store.list({ labourer, state: 'queued', limit: 100 })).tasks;
const inOutbox = async (r: Rig) => (await r.store.outbox(['a', 'b'], 100)).map(({ id }) => id);

/** The task with this id ends so, without any of what watches for ends. */
const ends = async (
  r: Rig,
  how: { readonly kind: 'completed'; readonly result?: JsonText } | { readonly kind: 'dead'; readonly error: string },
) => {
  const { leases } = await r.store.claim({ labourer: 'a', token: r.chance.id(), cap: 100, limit: 100, lease: 1_000 });
  await r.store.settle(leases.map(({ labourer, id, token }): Verdict => ({ labourer, id, token, ...how })));
};

describe('what follows a task', () => {
  it('is enqueued right after this process ended it, without a sweep', async () => {
    const r = rig({ labourers });
    await r.enqueuer.enqueue('a', {}, { id: '1', onCompleted: [{ labourer: 'b', payload: { n: 1 } }] });
    const rung: string[] = [];
    r.doorbell.onRing((labourer) => rung.push(labourer));
    await r.orchestrator.tick();
    await r.follower.idle(1_000);
    assert.deepEqual(
      (await queuedOf(r)).map(({ payload }) => payload),
      ['{"n":1}'],
    );
    assert.deepEqual(await inOutbox(r), []);
    assert.ok(rung.includes('b'));
    assert.equal(r.clock.sleeping, 0);
  });

  it('is enqueued by a sweep, wherever the task ended, and from then on at once here too', async () => {
    const r = rig({ labourers });
    const elsewhere = new Enqueuer({ ...r, follower: { expect: () => {} } });
    for (const id of ['1', '2']) await elsewhere.enqueue('a', {}, { id, onEnded: [{ labourer: 'b' }] });
    await r.store.bury([{ labourer: 'a', id: '1', error: 'x' }]);
    assert.equal((await queuedOf(r)).length, 0);
    const report = await r.scavenger.sweep();
    assert.deepEqual([report.followed, report.more, report.errors], [1, false, []]);
    assert.equal((await queuedOf(r)).length, 1);
    await r.foreman.cancel([{ labourer: 'a', id: '2' }]);
    await r.follower.idle(1_000);
    assert.equal((await queuedOf(r)).length, 2);
  });

  it('follows a tick of the whole composition before it answers', async () => {
    const reeve = createReeve({
      labourers,
      use: [memoryStore(), inProcessInvoker({ handlers: { a: () => ({ n: 7 }), b: (payload: unknown) => payload } })],
    });
    await reeve.enqueue('a', {}, { id: '1', onCompleted: [{ labourer: 'b', id: '2', passResult: true, payload: 'x' }] });
    await reeve.tick();
    await reeve.tick();
    const task = await reeve.find({ labourer: 'b', id: '2' });
    const result = task?.state === 'completed' ? task.result : undefined;
    assert.equal(result, '{"parent":{"labourer":"a","id":"1","state":"completed","result":{"n":7}},"payload":"x"}');
    await reeve.close();
  });

  it('is done by a daemon as its tasks end', async () => {
    const reeve = createReeve({ labourers, use: [memoryStore(), inProcessInvoker({ handlers: { a: () => 1, b: () => 2 } })] });
    const stop = new AbortController();
    const completed = new Promise<void>((resolve) => reeve.on('task.completed', ({ labourer }) => labourer === 'b' && resolve()));
    const running = reeve.run({ signal: stop.signal, sweepEvery: 3_600_000 });
    await reeve.enqueue('a', {}, { onCompleted: [{ labourer: 'b' }] });
    await completed;
    stop.abort();
    await running;
  });

  it('is neither lost nor doubled, wherever the process dies that does it', async () => {
    const crashes = await atEveryCall(async (n, side) => {
      const r = rig({ labourers });
      await r.enqueuer.enqueue('a', {}, { id: '1', onDead: [{ labourer: 'b' }, { labourer: 'b' }] });
      await ends(r, { kind: 'dead', error: 'x' });
      const dying = crashing(r.store, n, side);
      const died = await new Follower({ ...r, store: dying.store, outbox: dying.store }).round().then(
        () => false,
        (error: unknown) => error instanceof Crash,
      );
      await r.follower.round();
      assert.deepEqual([(await queuedOf(r)).length, await inOutbox(r)], [2, []]);
      await r.follower.round();
      assert.equal((await queuedOf(r)).length, 2);
      return died ? 'crashed' : 'through';
    });
    assert.equal(crashes, 3); // outbox, enqueue, takeOut
  });

  it('is done once though many do it at once', async () => {
    const r = rig({ labourers });
    for (let n = 0; n < 25; n += 1) await r.enqueuer.enqueue('a', {}, { onEnded: [{ labourer: 'b' }] });
    await ends(r, { kind: 'completed' });
    await Promise.all(Array.from({ length: 4 }, () => new Follower({ ...r, outbox: r.store, page: 10 }).round()));
    assert.equal((await queuedOf(r)).length, 25);
    assert.deepEqual(await inOutbox(r), []);
  });

  it('of a task that is redriven and ends again is another', async () => {
    const r = rig({ labourers });
    await r.enqueuer.enqueue('a', {}, { id: '1', onDead: [{ labourer: 'b' }, { labourer: 'b', id: 'once' }] });
    await ends(r, { kind: 'dead', error: 'x' });
    await r.follower.round();
    await r.clock.advance(1);
    await r.foreman.redrive([{ labourer: 'a', id: '1' }]);
    await ends(r, { kind: 'dead', error: 'x' });
    await r.follower.round();
    assert.equal((await queuedOf(r)).length, 3);
  });

  it('is bounded, and says that there is more', async () => {
    const r = rig({ labourers });
    for (let n = 0; n < 7; n += 1) await r.enqueuer.enqueue('a', {}, { onEnded: [{ labourer: 'b' }] });
    await ends(r, { kind: 'completed' });
    const follower = new Follower({ ...r, outbox: r.store, page: 2, mostPages: 2 });
    assert.deepEqual(await follower.round(), { ends: 4, more: true });
    assert.deepEqual(await follower.round(), { ends: 3, more: false });
  });
});

describe('what cannot be done', () => {
  it('for nobody can read it, is told once and taken out of the way', async () => {
    const r = rig({ labourers });
    const task = (id: string, follow: string): NewTask => ({ labourer: 'a', id, payload: '{}' as JsonText, follow: follow as JsonText });
    await r.store.enqueue([task('1', 'no'), task('2', '{"v":1,"next":[{"on":"onEnded","labourer":"b"}]}'), task('3', '{"v":9}')]);
    await ends(r, { kind: 'completed' });
    assert.deepEqual(await r.follower.round(), { ends: 3, more: false });
    assert.deepEqual(await r.follower.round(), { ends: 0, more: false });
    const told = r.named('follow.failed');
    assert.deepEqual(
      told.map(({ id }) => id),
      ['1', '3'],
    );
    assert.match(String(told[1]?.error), /its version is 9, and this one reads 1; enqueue by hand.*FOLLOW_UNREADABLE/);
    assert.equal((await queuedOf(r)).length, 1);
  });

  it('for the store takes no such task, holds up nothing else', async () => {
    const r = rig({ labourers });
    const strict = crashing(r.store, 1_000, 'before').store;
    const small = Object.create(strict, {
      enqueue: {
        value: async (tasks: readonly NewTask[]) => {
          const { ReeveError } = await import('@reeve/core');
          if (tasks.some(({ id }) => id === 'bad')) throw new ReeveError({ kind: 'input', code: 'PAYLOAD_TOO_LARGE', message: 'bad' });
          return r.store.enqueue(tasks);
        },
      },
    }) as typeof r.store;
    for (const id of ['good', 'bad', 'fine']) await r.enqueuer.enqueue('a', {}, { onEnded: [{ labourer: 'b', id }] });
    await ends(r, { kind: 'completed' });
    await new Follower({ ...r, store: small, outbox: r.store }).round();
    assert.deepEqual((await queuedOf(r)).map(({ id }) => id).sort(), ['fine', 'good']);
    assert.deepEqual([r.named('follow.failed').length, await inOutbox(r)], [1, []]);
  });

  it('for the store is lost, waits for it', async () => {
    const r = rig({ labourers });
    await r.enqueuer.enqueue('a', {}, { onEnded: [{ labourer: 'b' }] });
    const outbox = r.store.outbox.bind(r.store);
    r.store.outbox = async () => Promise.reject(new Error('gone'));
    await r.orchestrator.tick();
    await r.follower.idle(1_000);
    assert.equal(r.named('store.failed').length, 1);
    assert.match(String((await r.scavenger.sweep()).errors[0]), /gone/);
    r.store.outbox = outbox;
    assert.equal((await r.scavenger.sweep()).followed, 1);
  });

  it('is refused at the door where the composition has no Outbox', async () => {
    const r = rig({ labourers });
    const enqueuer = new Enqueuer({ ...r, follower: undefined });
    await assert.rejects(
      enqueuer.enqueue('a', {}, { onDead: [{ labourer: 'b' }] }),
      /^ReeveError: onCompleted, onDead, onEnded: .*PART_MISSING/,
    );
    await enqueuer.enqueue('a', {});
  });
});

describe('what it costs', () => {
  it('nothing where nothing follows: no look, and nobody listens', async () => {
    const r = rig({ labourers });
    let looks = 0;
    const outbox = r.store.outbox.bind(r.store);
    r.store.outbox = async (...args) => {
      looks += 1;
      return outbox(...args);
    };
    for (let n = 0; n < 10; n += 1) await r.enqueuer.enqueue('a', {});
    await r.orchestrator.tick();
    await settle();
    assert.equal(looks, 0);
    // One that something follows, and a look or two after each end; and after a hundred of them in vain none any more.
    await r.enqueuer.enqueue('a', {}, { onDead: [{ labourer: 'b' }] });
    for (let n = 0; n < 300; n += 1) {
      await r.enqueuer.enqueue('a', {});
      await r.orchestrator.tick();
      await r.follower.idle(1_000);
    }
    assert.ok(looks >= 100 && looks <= 104, `${looks} looks`);
  });
});
