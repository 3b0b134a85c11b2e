/** Tasks with a priority, an expiry or a follow are queued beside the plain ones: what that could break is here, what it comes to is for the kit. */
import type { JsonText } from '@reeve/core';
import { describe, expect, it } from 'vitest';
import { run, useServer } from './fixtures/server.ts';
import { aTask, claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

const server = useServer();
const opened = (keepEnded?: number) => openStore(server.url, { listen: false, ...(keepEnded !== undefined && { keepEnded }) });
const follow = '"next"' as JsonText;

describe('fresh tasks of priority 0, some of which are plain,', () => {
  it('are taken in one order, and what there is no room for stays where it is', async () => {
    const { store, schema } = await opened();
    await store.enqueue(someTasks(12).map((task, n) => (n % 3 === 1 ? { ...task, follow } : task)));
    const all = idsOf(someTasks(12));
    const { leases } = await store.claim(claimOf({ cap: 5 }));
    expect(idsOf(leases)).toEqual(all.slice(0, 5));
    const left = `SELECT (SELECT count(*) FROM ${schema}.ready)::integer AS plain, (SELECT count(*) FROM ${schema}.again)::integer AS others`;
    expect(await run(server.url, left)).toEqual([{ plain: 5, others: 2 }]);
    const { outcomes, leases: next } = await store.exchange(leases.map(completed), claimOf({ cap: 5, limit: 4 }));
    expect(outcomes).toEqual(Array(5).fill('applied'));
    expect(idsOf(next)).toEqual(all.slice(5, 9));
    const { leases: last } = await store.claim(claimOf({ cap: 12 }));
    expect(idsOf(last)).toEqual(all.slice(9));
    expect(await store.settle([...next, ...last].map(completed))).toEqual(Array(7).fill('applied'));
    expect(idsOf(await store.outbox(['mill'], 10)).sort()).toEqual(all.filter((_, n) => n % 3 === 1));
  });

  it('are taken in that order with those of other lanes before them, whatever was enqueued in one call', async () => {
    const { store } = await opened();
    const mixed = [{ priority: 2 }, {}, { follow }, { priority: 9 }, {}, { expiresAt: Date.now() + 60_000 }, { priority: 2 }];
    await store.enqueue(mixed.map((more, n) => aTask(`${n}`, more)));
    expect(await store.enqueue([aTask('1', { priority: 9 }), aTask('0')])).toEqual(['duplicate', 'duplicate']);
    const taken: string[] = [];
    for (let n = 0; n < 4; n += 1) taken.push(...idsOf((await store.claim(claimOf({ limit: 2 }))).leases));
    expect(taken).toEqual(['3', '0', '6', '1', '2', '4', '5']);
  });

  it('expire each at its own time, where ids of a call come twice', async () => {
    const { store } = await opened();
    const at = Date.now() + 3_600_000;
    const tasks = [aTask('a', { expiresAt: at }), aTask('b'), aTask('a', { expiresAt: at + 1 }), aTask('c', { expiresAt: at + 2 })];
    expect(await store.enqueue(tasks)).toEqual(['created', 'created', 'duplicate', 'created']);
    const found = await Promise.all(['a', 'b', 'c'].map((id) => store.find(aTask(id))));
    expect(found.map((each) => each?.state === 'queued' && each.expiresAt)).toEqual([at, undefined, at + 2]);
  });
});

describe('what is particular about a task', () => {
  it.each([
    [{ priority: 10 }, /tasks\[1\]\.priority: 10 is none; give a whole number from 0 to 9/],
    [{ priority: 0.5 }, /tasks\[1\]\.priority: 0.5 is none/],
    [{ expiresAt: Number.NaN }, /tasks\[1\]\.expiresAt: NaN is no instant/],
    [{ key: '' }, /tasks\[1\]\.key: "" is none/],
    [{ key: 'nul\0' }, /tasks\[1\]\.key: .* is none/],
    [{ follow: 'nul\0' as JsonText }, /tasks\[1\]\.follow: a text holds the character U\+0000/],
  ])('is refused where it is none, before anything is written: %j', async (more, message) => {
    const { store } = await opened();
    const enqueueing = store.enqueue([aTask('good'), aTask('bad', more)]);
    await expect(enqueueing).rejects.toMatchObject({ kind: 'input', code: 'STORE_REFUSED', message: expect.stringMatching(message) });
    expect(await store.find(aTask('good'))).toBeUndefined();
  });
});

describe('an exchange', () => {
  it('is the long one while something particular is due, and the short one again after', async () => {
    const { store, schema } = await opened();
    await store.enqueue(someTasks(6));
    const { leases } = await store.claim(claimOf({ cap: 2 }));
    await store.enqueue([aTask('urgent', { priority: 1 })]);
    const { leases: next } = await store.exchange(leases.slice(0, 1).map(completed), claimOf({ cap: 2, limit: 1 }));
    expect(idsOf(next)).toEqual(['urgent']);
    expect(await run(server.url, `SELECT priority FROM ${schema}.slot WHERE id = 'urgent'`)).toEqual([{ priority: 1 }]);
    const { leases: plain } = await store.exchange(next.map(completed), claimOf({ cap: 2, limit: 1 }));
    expect(idsOf(plain)).toEqual(['task-0000002']);
    // What the task before it had is not left in the place.
    await store.settle(plain.map(({ labourer, id, token }) => ({ labourer, id, token, kind: 'retry', after: 0, error: 'no' })));
    expect(await store.find(plain[0]!)).toMatchObject({ state: 'queued', priority: 0 });
    expect(await run(server.url, `SELECT lane, expires_at, follows FROM ${schema}.again`)).toEqual([
      { lane: 18, expires_at: null, follows: null },
    ]);
  });

  it.each([0, undefined])('keeps what something follows from until it is taken out, with keepEnded %s', async (keepEnded) => {
    const { store } = await opened(keepEnded);
    await store.enqueue([aTask('one', { follow }), aTask('two'), aTask('three')]);
    const { leases } = await store.claim(claimOf({ cap: 2 }));
    await store.exchange(
      leases.map((lease) => ({ ...completed(lease), result: '1' }) as never),
      claimOf({ cap: 2 }),
    );
    await store.maintain(['mill']);
    const ends = await store.outbox(['mill'], 10);
    expect(ends).toMatchObject([{ id: 'one', state: 'completed', follow, result: '1' }]);
    await store.takeOut(ends);
    await store.maintain(['mill']);
    expect((await store.find(aTask('one')))?.state).toBe(keepEnded === 0 ? undefined : 'completed');
  });

  it('forgets the errors of a task with it', async () => {
    const { store, schema } = await opened(0);
    await store.enqueue([aTask('one'), aTask('two')]);
    const { leases } = await store.claim(claimOf({ limit: 1 }));
    await store.settle(leases.map(({ labourer, id, token }) => ({ labourer, id, token, kind: 'dead', error: 'no' })));
    await store.redrive([aTask('one')]);
    const { leases: again } = await store.claim(claimOf({ cap: 1 }));
    expect(again).toMatchObject([{ id: 'two' }]);
    const { leases: last } = await store.exchange(again.map(completed), claimOf({ cap: 1 }));
    expect(last).toMatchObject([{ id: 'one', attempt: 1 }]);
    await store.exchange(last.map(completed), claimOf({ cap: 1 }));
    await store.maintain(['mill']);
    expect(await run(server.url, `SELECT id FROM ${schema}.failure UNION ALL SELECT id FROM ${schema}.task`)).toEqual([]);
  });
});
