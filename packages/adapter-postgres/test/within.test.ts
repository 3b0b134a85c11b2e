import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { enqueueManyWithin, enqueueWithin } from '../src/index.ts';
import { run, useServer } from './fixtures/server.ts';
import { claimOf, completed, idsOf, openStore } from './fixtures/stores.ts';

const server = useServer();

const begun = async (): Promise<Client> => {
  const client = new Client(server.url);
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('BEGIN');
  return client;
};

describe('enqueueing inside a transaction of the user', () => {
  it('comes to be with its commit, and not before', async () => {
    const { store, schema } = await openStore(server.url);
    const client = await begun();
    expect(await enqueueWithin(client, 'mill', { corn: 'rye' }, { id: 'one', schema })).toEqual({ id: 'one', outcome: 'created' });
    expect((await store.claim(claimOf())).leases).toEqual([]);
    await client.query('COMMIT');
    const { leases } = await store.claim(claimOf());
    expect(leases).toMatchObject([{ id: 'one', payload: '{"corn":"rye"}', attempt: 1 }]);
  });

  it('is gone with its rollback, id and all', async () => {
    const { store, schema } = await openStore(server.url);
    const client = await begun();
    await enqueueWithin(client, 'mill', 1, { id: 'one', schema });
    await client.query('ROLLBACK');
    expect(await store.find({ labourer: 'mill', id: 'one' })).toBeUndefined();
    expect(await enqueueWithin(client, 'mill', 2, { id: 'one', schema })).toMatchObject({ outcome: 'created' });
  });

  it('tells duplicates, takes many, waits for its time, and works with clients that answer plain rows', async () => {
    const { store, schema } = await openStore(server.url);
    const client = await begun();
    const rows = { query: async (text: string, values: string[]) => (await client.query(text, values)).rows };
    const items = Array.from({ length: 1_200 }, (_, n) => ({ id: `task-${n % 1_100}`, payload: n, ...(n === 7 && { delay: 60_000 }) }));
    const answers = await enqueueManyWithin(rows, 'mill', items, { schema });
    expect(answers.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(100);
    await client.query('COMMIT');
    expect(await store.census(['mill'])).toEqual([{ due: 1_099, waiting: 1, running: 0, expired: 0 }]);
  });

  it('takes a priority and an expiry as `reeve.enqueue` does', async () => {
    const { store, schema } = await openStore(server.url);
    const client = await begun();
    await enqueueManyWithin(
      client,
      'mill',
      [
        { id: 'one', payload: 1 },
        { id: 'two', payload: 2, priority: 3, expiresAt: 9_000_000_000_000 },
      ],
      { schema },
    );
    await enqueueWithin(client, 'mill', 3, { id: 'three', priority: 9, schema });
    await client.query('COMMIT');
    expect(await store.find({ labourer: 'mill', id: 'two' })).toMatchObject({ priority: 3, expiresAt: 9_000_000_000_000 });
    expect(idsOf((await store.claim(claimOf())).leases)).toEqual(['three', 'two', 'one']);
    const never = { query: () => Promise.reject(new Error('it was sent')) };
    await expect(enqueueWithin(never, 'mill', 1, { priority: 10 })).rejects.toMatchObject({ code: 'INVALID_PRIORITY' });
  });

  it('takes a key, and what follows, of labourers that only others may know', async () => {
    const { store, schema } = await openStore(server.url);
    const client = await begun();
    const onCompleted = [{ labourer: 'oven', payload: 'bake', onEnded: [{ labourer: 'shop', payload: 'sell' }] }];
    await enqueueWithin(client, 'mill', 1, { id: 'one', key: 'farm', onCompleted, schema });
    expect(await store.find({ labourer: 'mill', id: 'one' })).toBeUndefined();
    await client.query('COMMIT');
    expect(await store.find({ labourer: 'mill', id: 'one' })).toMatchObject({ key: 'farm' });
    await store.settle((await store.claim(claimOf())).leases.map(completed));
    const [end] = await store.outbox(['mill'], 10);
    expect(JSON.parse(end!.follow)).toMatchObject({ next: [{ labourer: 'oven', follow: { next: [{ labourer: 'shop' }] } }] });
    const never = { query: () => Promise.reject(new Error('it was sent')) };
    const bad = [{ onCompleted: [{ labourer: 'no oven' }] }, { onDead: [null] }, { onEnded: 'x' }];
    for (const each of bad) await expect(enqueueWithin(never, 'mill', 1, each as never)).rejects.toMatchObject({ kind: 'input' });
    await expect(enqueueWithin(never, 'mill', 1, { key: '' })).rejects.toMatchObject({ code: 'INVALID_KEY' });
  });

  it('refuses what core would refuse, before anything is sent', async () => {
    const never = { query: () => Promise.reject(new Error('it was sent')) };
    await expect(enqueueWithin(never, 'mill', 1n)).rejects.toMatchObject({ code: 'PAYLOAD_NOT_JSON' });
    await expect(enqueueWithin(never, 'mill', 1, { id: '' })).rejects.toMatchObject({ code: 'INVALID_TASK_ID' });
    await expect(enqueueWithin(never, 'no mill', 1)).rejects.toMatchObject({ code: 'INVALID_LABOURERS' });
    await expect(enqueueWithin(never, 'mill', 1, { schema: 'pg_x' })).rejects.toMatchObject({ code: 'INVALID_POSTGRES_STORE' });
    await expect(enqueueManyWithin(never, 'mill', [], { schema: 'pg_x' })).rejects.toMatchObject({ code: 'INVALID_POSTGRES_STORE' });
    await expect(enqueueManyWithin(never, 'no mill', [])).rejects.toMatchObject({ code: 'INVALID_LABOURERS' });
  });

  it('does not hold up those who claim meanwhile, and is found although it comes late', async () => {
    const { store, schema } = await openStore(server.url);
    const client = await begun();
    await enqueueWithin(client, 'mill', 'early', { id: 'early', schema });
    await store.enqueue([{ labourer: 'mill', id: 'late', payload: '1' as never }]);
    expect(idsOf((await store.claim(claimOf({ limit: 1 }))).leases)).toEqual(['late']);
    await client.query('COMMIT');
    expect(idsOf((await store.claim(claimOf({ limit: 1 }))).leases)).toEqual(['early']);
  });
});

describe('enqueueing from SQL', () => {
  it('takes labourer and payload, and an id and an instant where they are given', async () => {
    const { store, schema } = await openStore(server.url);
    const [one] = await run<{ task_id: string; created: boolean }>(
      server.url,
      `SELECT * FROM ${schema}.enqueue('mill', ' {"b":1, "a":"\\u0000"} ')`,
    );
    expect(one).toMatchObject({ created: true });
    expect(await store.find({ labourer: 'mill', id: one!.task_id })).toMatchObject({ payload: ' {"b":1, "a":"\\u0000"} ' });
    const named = `SELECT * FROM ${schema}.enqueue(labourer => 'mill', payload => '1', id => 'two', due => now() + interval '1 hour')`;
    expect(await run(server.url, named)).toEqual([{ task_id: 'two', created: true }]);
    expect(await run(server.url, named)).toEqual([{ task_id: 'two', created: false }]);
    expect(await store.census(['mill'])).toEqual([{ due: 1, waiting: 1, running: 0, expired: 0 }]);
  });

  it('takes a priority, an expiry, a key and what follows', async () => {
    const { store, schema } = await openStore(server.url);
    const more = `key => 'farm', priority => 7, expires_at => to_timestamp(4102444800.0001), follow => '{"then":1}'`;
    await run(server.url, `SELECT ${schema}.enqueue('mill', '1', 'one'), ${schema}.enqueue('mill', '2', 'two', ${more})`);
    expect(await store.find({ labourer: 'mill', id: 'two' })).toMatchObject({ key: 'farm', priority: 7, expiresAt: 4_102_444_800_001 });
    const { leases } = await store.claim(claimOf());
    expect(idsOf(leases)).toEqual(['two', 'one']);
    await store.settle(leases.map(completed));
    expect(await store.outbox(['mill'], 9)).toMatchObject([{ id: 'two', follow: '{"then":1}' }]);
  });

  it.each([
    [`'no mill', '1'`, /name of a labourer/],
    [`NULL, '1'`, /name of a labourer/],
    [`'mill', '{'`, /json/],
    [`'mill', NULL`, /missing/],
    [`'mill', '1', ''`, /id of a task/],
    [`'mill', '1', E'a\\nb'`, /id of a task/],
    [`'mill', '1', repeat('x', 129)`, /id of a task/],
    [`'mill', '1', priority => 10`, /priority: 10 is none/],
    [`'mill', '1', priority => NULL`, /priority: NULL is none/],
    [`'mill', '1', follow => '{'`, /json/],
    [`'mill', '1', key => ''`, /key: '' is none/],
    [`'mill', '1', key => E'a\\nb'`, /key: 'a\nb' is none/],
  ])('refuses (%s)', async (values, message) => {
    const { schema } = await openStore(server.url);
    await expect(run(server.url, `SELECT ${schema}.enqueue(${values})`)).rejects.toThrow(message);
  });
});
