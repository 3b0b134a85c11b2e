import assert from 'node:assert/strict';
import {
  BatchBook,
  Batches,
  createReeve,
  Enqueuer,
  Follower,
  inProcessInvoker,
  type JsonText,
  type MemoryTaskStore,
  memoryStore,
  type NewBatch,
  type Verdict,
} from '@reeve/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { atEveryCall, Crash, crashing, sides } from './crashing.ts';
import { rig } from './rig.ts';

const labourers = {
  a: { maxSimultaneousInvocations: 100, maxAttempts: 1 },
  b: { maxSimultaneousInvocations: 100, maxAttempts: 1 },
  last: { maxSimultaneousInvocations: 1 },
};
type Rig = ReturnType<typeof rig>;

/** A process that works on this store: the same store for all, and each its own way to reach it. */
const processOn = (r: Rig, store: MemoryTaskStore) => {
  const book = new BatchBook({ ...r, store, register: store });
  const follower = new Follower({ ...r, store, outbox: store, book, page: 3 });
  const enqueuer = new Enqueuer({ ...r, store, follower: { expect: () => {} } });
  return { follower, batches: new Batches({ ...r, enqueuer, book }) };
};
const begin = () => {
  const r = rig({ labourers });
  return { ...r, ...processOn(r, r.store) };
};

const item = (labourer: string, n: number) => ({ labourer, payload: { n } });
const five: NewBatch = {
  id: 'five',
  items: [item('a', 0), item('b', 1), item('a', 2), item('b', 3), item('a', 4)],
  finalizer: { labourer: 'last', payload: 'all' },
};

/** All that is due ends: by its number completed, dead or cancelled. */
const endAll = async ({ store, chance }: Rig): Promise<void> => {
  for (const labourer of ['a', 'b']) {
    const { leases } = await store.claim({ labourer, token: chance.id(), cap: 100, limit: 100, lease: 60_000 });
    await store.settle(
      leases.map(({ id, token, payload }): Verdict => {
        const ref = { labourer, id, token };
        return (JSON.parse(payload) as { n: number }).n === 1 ? { ...ref, kind: 'dead', error: 'x' } : { ...ref, kind: 'completed' };
      }),
    );
  }
};
const finalizers = async ({ store }: Rig): Promise<readonly unknown[]> =>
  (await store.list({ labourer: 'last', state: 'queued', limit: 100 })).tasks.map(({ payload }): unknown => JSON.parse(payload));
const nine: NewBatch = { ...five, items: Array.from({ length: 9 }, (_, n) => item(n % 2 ? 'b' : 'a', n)) };

/** As a network has it: so many turns of the event loop go by before a call is carried out, and so many before its answer is there. */
const slowed = (store: MemoryTaskStore, turns: fc.Stream<number>): MemoryTaskStore => {
  const pass = async (): Promise<void> => {
    for (let left = turns.next().value ?? 0; left > 0; left -= 1) await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        await pass();
        const answer: unknown = await Reflect.apply(member, target, args);
        await pass();
        return answer;
      };
    },
  });
};

const told = (more: object = {}) => ({ batch: 'five', total: 5, completed: 4, dead: 1, cancelled: 0, dropped: 0, payload: 'all', ...more });

describe('a batch', () => {
  it('runs its finalizer once when all members have ended, and tells it how', async () => {
    const r = begin();
    assert.deepEqual(await r.batches.enqueueBatch(five), { id: 'five', total: 5 });
    const counts = { completed: 0, dead: 0, cancelled: 0, dropped: 0 };
    const before = { id: 'five', total: 5, ...counts, open: 5, sealed: true, finished: false };
    assert.deepEqual(await r.batches.find('five'), before);
    const [some] = (await r.store.list({ labourer: 'a', state: 'queued', limit: 1 })).tasks;
    await r.store.cancel([{ labourer: 'a', id: some?.id ?? '' }]);
    await r.follower.round();
    assert.deepEqual(await r.batches.find('five'), { ...before, cancelled: 1, open: 4 });
    assert.deepEqual(await finalizers(r), []);
    await endAll(r);
    await r.follower.round();
    assert.deepEqual(await finalizers(r), [told({ completed: 3, cancelled: 1 })]);
    const after = { ...before, completed: 3, dead: 1, cancelled: 1, open: 0, finished: true };
    assert.deepEqual(await r.batches.find('five'), after);
    assert.deepEqual(r.named('follow.failed'), []);
    await r.clock.advance(7 * 24 * 3_600_000);
    assert.equal(await r.batches.find('five'), undefined);
  });

  it('is the same batch when it is enqueued again, before and after its end', async () => {
    const r = begin();
    for (let n = 0; n < 3; n += 1) await r.batches.enqueueBatch(five);
    await endAll(r);
    await r.batches.enqueueBatch(five);
    await r.follower.round();
    await r.batches.enqueueBatch(five);
    await endAll(r);
    assert.deepEqual(await finalizers(r), [told()]);
    const { id } = await r.batches.enqueueBatch({ ...five, id: undefined as never });
    assert.notEqual(id, 'five');
  });

  it('counts a member that is redriven and ends again once', async () => {
    const r = begin();
    await r.batches.enqueueBatch(five);
    const { leases } = await r.store.claim({ labourer: 'b', token: 't', cap: 1, limit: 1, lease: 1_000 });
    for (let n = 0; n < 3; n += 1) {
      for (const { id } of leases) await r.store.settle([{ labourer: 'b', id, token: 't', kind: 'dead', error: 'x' }]);
      for (const { id } of leases) await r.store.bury([{ labourer: 'b', id, error: 'again' }]);
      await r.follower.round();
      await r.store.redrive(leases);
      await r.clock.advance(1);
    }
    assert.equal((await r.batches.find('five'))?.dead, 1);
    await endAll(r);
    await r.follower.round();
    await r.store.redrive(leases);
    await endAll(r);
    await r.follower.round();
    assert.deepEqual(await finalizers(r), [told()]);
    const { completed, dead, open } = (await r.batches.find('five')) ?? {};
    assert.deepEqual([completed, dead, open], [4, 1, 0]);
    assert.deepEqual(r.named('follow.failed'), []);
  });

  it('of nothing is finished at once', async () => {
    const r = begin();
    await r.batches.enqueueBatch({ ...five, items: [] });
    assert.deepEqual(await finalizers(r), [told({ total: 0, completed: 0, dead: 0 })]);
  });

  it('may be as large as it is said, and no larger', async () => {
    const r = begin();
    const items = Array.from({ length: 5_000 }, (_, n) => item('a', n));
    await r.batches.enqueueBatch({ ...five, items });
    assert.equal((await r.batches.find('five'))?.open, 5_000);
    assert.equal((await r.store.census(['a']))[0]?.due, 5_000);
    const many = Array.from({ length: 200_001 }, () => item('a', 0));
    await assert.rejects(r.batches.enqueueBatch({ ...five, items: many }), /items has 200001 members; give 200000 at most/);
  });

  it('that nobody knows, or can read, is told and taken out of the way', async () => {
    const r = begin();
    await r.store.change([{ name: 'batch:torn', value: '{"v":9}' as JsonText, stamp: 's' }]);
    const member = (id: string) => ({
      labourer: 'a',
      id,
      payload: '{"n":0}' as JsonText,
      follow: `{"v":1,"batch":{"id":"${id}","index":0}}` as JsonText,
    });
    await r.store.enqueue([member('torn'), member('gone')]);
    await r.batches.enqueueBatch(five);
    await endAll(r);
    await r.follower.round();
    assert.deepEqual(
      r
        .named('follow.failed')
        .map(({ id, error }) => `${id} ${/BATCH_UNREADABLE|is not known/.test(String(error))}`)
        .sort((a, b) => a.localeCompare(b)),
      ['gone true', 'torn true'],
    );
    assert.deepEqual(await finalizers(r), [told()]);
    assert.deepEqual(await r.store.outbox(['a', 'b'], 10), []);
  });
});

describe('a crash', () => {
  it('of whoever enqueues leaves what the same call completes, at every call', async () => {
    const crashes = await atEveryCall(async (n, side) => {
      const r = begin();
      const dying = processOn(r, crashing(r.store, n, side).store);
      const died = await dying.batches.enqueueBatch(five).then(
        () => false,
        (error: unknown) => error instanceof Crash,
      );
      // Members that are there run meanwhile, and all of them may have ended: it must not finish before it is sealed, unless it was.
      await endAll(r);
      await r.follower.round();
      const early = await finalizers(r);
      assert.ok(early.length === 0 || (await r.batches.find('five'))?.sealed, `${n} ${side}`);
      await r.batches.enqueueBatch(five);
      await endAll(r);
      await r.follower.round();
      assert.deepEqual(await finalizers(r), [told()], `${n} ${side}`);
      assert.deepEqual(r.named('follow.failed'), []);
      return died ? 'crashed' : 'through';
    });
    assert.equal(crashes, 3); // entry, members, seal
  });

  it('of whoever counts the ends loses none and doubles none, at every call', async () => {
    const crashes = await atEveryCall(async (n, side) => {
      const r = begin();
      await r.batches.enqueueBatch(five);
      await endAll(r);
      const died = await processOn(r, crashing(r.store, n, side).store)
        .follower.round()
        .then(
          () => false,
          (error: unknown) => error instanceof Crash,
        );
      await r.follower.round();
      assert.deepEqual(await finalizers(r), [told()], `${n} ${side}`);
      assert.deepEqual([(await r.batches.find('five'))?.finished, await r.store.outbox(['a', 'b'], 10)], [true, []]);
      return died ? 'crashed' : 'through';
    });
    assert.equal(crashes, 10); // a page: outbox, look, change, takeOut; the last: and the finalizer, and that it is finished
  });

  it('of any number of processes, at any call, beside others at work and redrives: the finalizer runs once, with the first ends', async () => {
    const some = fc.record({ calls: fc.integer({ min: 1, max: 40 }), side: fc.constantFrom(...sides), redrives: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(some, { minLength: 2, maxLength: 6 }), fc.infiniteStream(fc.nat(6)), async (fates, turns) => {
        const r = begin();
        const lives = fates.map(async ({ calls, side, redrives }, n) => {
          const { batches, follower } = processOn(r, crashing(slowed(r.store, turns), calls, side).store);
          if (n % 2 === 0) await batches.enqueueBatch(nine);
          for (let rounds = 0; rounds < 4; rounds += 1) {
            await endAll(r);
            const { tasks } = await r.store.list({ labourer: 'b', state: 'dead', limit: 10 });
            if (redrives) await r.store.redrive(tasks);
            await follower.round();
          }
        });
        for (const each of await Promise.allSettled(lives)) {
          if (each.status === 'rejected') assert.ok(each.reason instanceof Crash, String(each.reason));
        }
        await r.batches.enqueueBatch(nine);
        for (let rounds = 0; rounds < 2; rounds += 1) {
          await endAll(r);
          await r.follower.round();
        }
        // A member may be redriven before anybody met its first end: then its second is the one that counts.
        const [{ completed = 0, dead = 0, ...rest } = {}, ...others] = (await finalizers(r)) as Readonly<Record<string, number>>[];
        assert.deepEqual(
          [rest, completed + dead, others.length],
          [{ batch: 'five', total: 9, cancelled: 0, dropped: 0, payload: 'all' }, 9, 0],
        );
        assert.deepEqual(await r.store.outbox(['a', 'b'], 10), []);
        assert.deepEqual(r.named('follow.failed'), []);
      }),
      { numRuns: 150 },
    );
  });

  it('does not bring back members that have ended and that the store has forgotten', async () => {
    const r = begin();
    await assert.rejects(processOn(r, crashing(r.store, 3, 'before').store).batches.enqueueBatch(five), Crash);
    await endAll(r);
    await r.follower.round();
    await r.clock.advance(8 * 24 * 3_600_000);
    assert.equal((await r.store.maintain(['a', 'b'])).done['purged'], 5);
    await r.batches.enqueueBatch(five);
    assert.deepEqual(await r.store.labourersWithDue(['a', 'b']), new Set());
    assert.deepEqual(await finalizers(r), [told()]);
  });
});

describe('the facade', () => {
  it('runs a batch from end to end', async () => {
    const seen: unknown[] = [];
    const handlers = { a: () => 1, b: () => Promise.reject(new Error('no')), last: (payload: unknown) => void seen.push(payload) };
    const reeve = createReeve({ labourers, use: [memoryStore(), inProcessInvoker({ handlers })] });
    const { id } = await reeve.enqueueBatch({ items: [item('a', 0), item('b', 1)], finalizer: { labourer: 'last' } });
    for (let n = 0; n < 3; n += 1) await reeve.tick();
    assert.deepEqual(seen, [{ batch: id, total: 2, completed: 1, dead: 1, cancelled: 0, dropped: 0 }]);
    assert.equal((await reeve.batch(id))?.finished, true);
    assert.equal(await reeve.batch('none'), undefined);
    await reeve.close();
  });
});
