/** The short way of an exchange, and where it gives over to the long one. That an exchange is a settlement and a claim is for the kit. */
import { Pool } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run, useServer } from './fixtures/server.ts';
import { claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

const server = useServer();

const tasks = someTasks(20);
const idsFrom = (from: number, to: number): string[] => idsOf(tasks.slice(from, to));

/** Four of twenty tasks run, under a cap of 4. */
const running = async () => {
  const { store, schema } = await openStore(server.url, { listen: false });
  await store.enqueue(tasks);
  const { leases } = await store.claim(claimOf({ cap: 4 }));
  expect(idsOf(leases)).toEqual(idsFrom(0, 4));
  return { store, schema, leases };
};

/** Which tasks hold places, and which wait. */
const standing = async (schema: string) => ({
  held: (await run<{ id: string }>(server.url, `SELECT id FROM ${schema}.slot WHERE token IS NOT NULL ORDER BY seq`)).map(({ id }) => id),
  ready: (await run<{ id: string }>(server.url, `SELECT id FROM ${schema}.ready ORDER BY seq`)).map(({ id }) => id),
});

describe('places that pass from ended attempts to the next', () => {
  it('are taken in the order of the queue, and what has ended is kept with what was known of it', async () => {
    const { store, schema, leases } = await running();
    const verdicts = leases.slice(1, 3).map((lease) => ({ ...completed(lease), result: `"of ${lease.id}"`, stats: '{"n":1}' }));
    const { outcomes, leases: next } = await store.exchange(verdicts as never, claimOf({ cap: 4, limit: 2 }));
    expect(outcomes).toEqual(['applied', 'applied']);
    expect(next.map(({ id, attempt, payload }) => [id, attempt, payload])).toEqual(idsFrom(4, 6).map((id) => [id, 1, '{}']));
    expect(await standing(schema)).toEqual({ held: [leases[0]?.id, leases[3]?.id, ...idsFrom(4, 6)], ready: idsFrom(6, 20) });
    const [one] = leases.slice(1);
    expect(await store.find(one!)).toMatchObject({ state: 'completed', attempts: 1, result: `"of ${one!.id}"`, stats: '{"n":1}' });
    const [kept] = await run(server.url, `SELECT token, claimed_at::float8 AS claimed FROM ${schema}.history WHERE id = '${one!.id}'`);
    expect(kept).toEqual({ token: one!.token, claimed: one!.claimedAt });
    expect(await store.settle(next.map(completed))).toEqual(['applied', 'applied']);
  });

  it('keep the error and the number of an attempt that was a second one', async () => {
    const { store, schema, leases } = await running();
    await store.settle(leases.slice(0, 1).map((lease) => ({ ...completed(lease), kind: 'retry', after: 0, error: 'it rained' })));
    const { leases: again } = await store.claim(claimOf({ cap: 4 }));
    expect(again).toMatchObject([{ id: leases[0]?.id, attempt: 2 }]);
    await store.exchange(again.map(completed), claimOf({ cap: 4, limit: 1 }));
    expect(await run(server.url, `SELECT attempts, error FROM ${schema}.history`)).toEqual([{ attempts: 2, error: 'it rained' }]);
    expect((await standing(schema)).held).toContain('task-0000004');
    expect(await run(server.url, `SELECT error FROM ${schema}.slot WHERE id = 'task-0000004'`)).toEqual([{ error: null }]);
  });

  it('are not all there is, where more may be taken: the rest comes after, in the order of the queue', async () => {
    const { store, leases } = await running();
    const { outcomes, leases: next } = await store.exchange(leases.map(completed), claimOf({ cap: 10, limit: 8 }));
    expect(outcomes).toEqual(['applied', 'applied', 'applied', 'applied']);
    expect(idsOf(next)).toEqual(idsFrom(4, 12));
    const { leases: after } = await store.exchange(next.map(completed), claimOf({ cap: 10, limit: 8 }));
    expect(idsOf(after)).toEqual(idsFrom(12, 20));
  });

  it('are left free where no more is due, and the answer says when something will be', async () => {
    const { store, schema, leases } = await running();
    await run(server.url, `UPDATE ${schema}.ready SET due = due + 3600000 WHERE seq > (SELECT min(seq) FROM ${schema}.ready)`);
    const { leases: next, nextDueIn = 0 } = await store.exchange(leases.map(completed), claimOf({ cap: 4, limit: 4 }));
    expect(idsOf(next)).toEqual(idsFrom(4, 5));
    expect(nextDueIn).toBeGreaterThan(3_000_000);
    expect((await standing(schema)).held).toEqual(idsFrom(4, 5));
    expect(await store.census(['mill'])).toMatchObject([{ running: 1, waiting: 15 }]);
  });

  it('go to those first that are tried again', async () => {
    const { store, leases } = await running();
    await store.settle(leases.slice(0, 1).map((lease) => ({ ...completed(lease), kind: 'retry', after: 0, error: 'it rained' })));
    const { leases: next } = await store.exchange(leases.slice(1, 2).map(completed), claimOf({ cap: 4, limit: 1 }));
    expect(idsOf(next)).toEqual([leases[0]?.id]);
  });

  it('find a task that was due before it was enqueued, behind where the claim before had ended', async () => {
    const { store, leases } = await running();
    await store.enqueue([{ ...tasks[0]!, id: 'early', due: 1 }]);
    const { leases: next } = await store.exchange(leases.slice(0, 1).map(completed), claimOf({ cap: 4, limit: 1 }));
    expect(idsOf(next)).toEqual(['early']);
  });
});

describe('what the next leases work on', () => {
  it('is found where somebody has rewritten the table since it was enqueued', async () => {
    const { store, schema, leases } = await running();
    await store.enqueue(
      someTasks(30)
        .slice(20)
        .map((task, n) => ({ ...task, payload: `{"n":${n}}` as never })),
    );
    // Rows of ended tasks are gone, and all others lie elsewhere.
    await run(server.url, `DELETE FROM ${schema}.task WHERE id < 'task-0000004'`);
    await run(server.url, `VACUUM FULL ${schema}.task`);
    const { leases: next } = await store.exchange(leases.map(completed), claimOf({ cap: 30, limit: 4 }));
    expect(idsOf(next)).toEqual(idsFrom(4, 8));
    const { leases: all } = await store.exchange(next.map(completed), claimOf({ cap: 30, limit: 30 }));
    const { leases: last } = await store.exchange(all.slice(0, 4).map(completed), claimOf({ cap: 30, limit: 4 }));
    expect([...all, ...last].map(({ payload }) => payload)).toEqual([
      ...Array(12).fill('{}'),
      ...Array.from({ length: 10 }, (_, n) => `{"n":${n}}`),
    ]);
  });

  it('is each one their own, where a payload is no JSON and has the character that stands between them', async () => {
    const { store, schema, leases } = await running();
    await run(server.url, `UPDATE ${schema}.task SET payload = E'a\\x01b' WHERE id = 'task-0000005'`);
    const { leases: next } = await store.exchange(leases.map(completed), claimOf({ cap: 4, limit: 4 }));
    expect(next.map(({ id, payload }) => [id, payload])).toEqual(idsFrom(4, 8).map((id, n) => [id, n === 1 ? 'a\u0001b' : '{}']));
    expect(await store.settle(next.map(completed))).toEqual(Array(4).fill('applied'));
  });

  it('comes with the times of each', async () => {
    const { store, schema } = await openStore(server.url, { listen: false });
    await store.enqueue(tasks.slice(0, 6).map((task, n) => ({ ...task, due: 1_000 + n })));
    await run(server.url, `UPDATE ${schema}.task SET created_at = 2000 + seq`);
    const { leases } = await store.claim(claimOf({ cap: 3 }));
    const { leases: next } = await store.exchange(leases.map(completed), claimOf({ cap: 3, limit: 3 }));
    expect(next.map(({ due, createdAt }) => [due, createdAt])).toEqual([4, 5, 6].map((seq) => [999 + seq, 2_000 + seq]));
  });
});

describe('where ended tasks are not kept', () => {
  it('what has completed is gone with its exchange, and what is dead by the next maintenance', async () => {
    const { store, schema } = await openStore(server.url, { listen: false, keepEnded: 0 });
    await store.enqueue(tasks);
    const { leases } = await store.claim(claimOf({ cap: 4 }));
    const { outcomes, leases: next } = await store.exchange(leases.map(completed), claimOf({ cap: 4, limit: 4 }));
    expect(outcomes).toEqual(Array(4).fill('applied'));
    expect(idsOf(next)).toEqual(idsFrom(4, 8));
    const left = await run<{ id: string }>(server.url, `SELECT id FROM ${schema}.task ORDER BY seq`);
    expect(left.map(({ id }) => id)).toEqual(idsFrom(4, 20));
    expect(await run(server.url, `SELECT id FROM ${schema}.history`)).toEqual([]);
    expect(await store.settle(leases.map(completed))).toEqual(Array(4).fill('stale'));
    expect(await store.enqueue(tasks.slice(0, 1))).toEqual(['created']);
    await store.settle(next.slice(0, 1).map((lease) => ({ ...completed(lease), kind: 'dead', error: 'no' })));
    await store.maintain(['mill']);
    expect(await store.find(next[0]!)).toBeUndefined();
  });
});

describe('an attempt that has lost its place', () => {
  it('is stale, and the others of the call are applied', async () => {
    const { store, schema, leases } = await running();
    await run(server.url, `UPDATE ${schema}.slot SET token = 'another' WHERE id = '${leases[1]!.id}'`);
    const { outcomes, leases: next } = await store.exchange(leases.map(completed), claimOf({ cap: 4, limit: 4 }));
    expect(outcomes).toEqual(['applied', 'stale', 'applied', 'applied']);
    expect(idsOf(next)).toEqual(idsFrom(4, 7));
    expect(await standing(schema)).toEqual({ held: [leases[1]!.id, ...idsFrom(4, 7)], ready: idsFrom(7, 20) });
  });

  it('is stale also if it loses it while the exchange is under way: what that had done is taken back, and done anew', async () => {
    const { store, schema, leases } = await running();
    const pool = new Pool({ connectionString: server.url, max: 1 });
    onTestFinished(() => pool.end());
    const holder = await pool.connect();
    await holder.query(`BEGIN; UPDATE ${schema}.slot SET token = 'another' WHERE id = '${leases[2]!.id}'`);
    const exchange = store.exchange(leases.map(completed), claimOf({ cap: 4, limit: 4 }));
    const waits = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%"${schema}".exchange%'`;
    await expect.poll(() => run(server.url, waits)).toHaveLength(1);
    await holder.query('COMMIT');
    holder.release();
    const { outcomes, leases: next } = await exchange;
    expect(outcomes).toEqual(['applied', 'applied', 'stale', 'applied']);
    expect(idsOf(next)).toEqual(idsFrom(4, 7));
    expect(await standing(schema)).toEqual({ held: [leases[2]!.id, ...idsFrom(4, 7)], ready: idsFrom(7, 20) });
    expect(await run(server.url, `SELECT count(*)::integer AS ended FROM ${schema}.history`)).toEqual([{ ended: 3 }]);
  });
});
