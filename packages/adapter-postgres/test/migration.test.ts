/** A schema that version 1 made and filled, and processes of version 1 that go on beside one of this version. */
import type { JsonText } from '@reeve/core';
import { Pool } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run, useServer } from './fixtures/server.ts';
import { aTask, claimOf, completed, idsOf, openStore } from './fixtures/stores.ts';
import { schemaOfVersion } from './fixtures/versions.ts';

const server = useServer();

/** The statements of version 1, word by word. */
const OLD = {
  enqueue: 'SELECT id FROM $.enqueue_many($1::text[], $2::text[], $3::text[], $4::bigint[]) AS created (id)',
  claim: `SELECT * FROM $.claim($1::text, $2::text, $3::integer, $4::integer, $5::bigint, $6::bigint, $7::bigint, '{}')`,
  settle:
    'SELECT outcomes FROM $.settle($1::boolean, true, NULL, $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::integer[])',
  renew: 'SELECT n, deadline FROM $.renew($1::text[], $2::text[], $3::text[], $4::bigint[], $5::integer[])',
  forget: 'SELECT $.forget($1::text[], $2::bigint, $3::integer) AS purged',
  exchange:
    'SELECT * FROM $.exchange($1::text, $2::text, $3::integer, $4::integer, $5::bigint, $6::bigint, $7::bigint, $8::boolean, $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::text[], $15::text[], $16::text[], $17::integer[])',
};

const oldProcess = (schema: string) => {
  const ask = <Row = Record<string, unknown>>(name: keyof typeof OLD, values: unknown[]) =>
    run<Row>(server.url, { text: OLD[name].replace('$.', `${schema}.`), values });
  return {
    enqueue: (ids: readonly string[]) => ask('enqueue', [ids.map(() => 'mill'), ids, ids.map(() => '{}'), []]),
    claim: async (token: string, cap: number) => {
      const rows = await ask<{ id: string | null; place: number; payload: string }>('claim', ['mill', token, cap, cap, 60_000, null, null]);
      return rows.filter(({ id }) => id !== null);
    },
    settle: async (token: string, verdicts: Readonly<Record<string, string>>) => {
      const ids = Object.keys(verdicts);
      const kinds = Object.values(verdicts);
      const errors = kinds.map((kind) => (kind === 'completed' ? null : `${kind} it was`));
      const afters = kinds.map((kind) => (kind === 'retry' ? 0 : null));
      const given = [ids.map(() => 'mill'), ids, ids.map(() => token), kinds, afters, errors, null, null, null];
      return (await ask<{ outcomes: string }>('settle', [false, ...given]))[0]?.outcomes;
    },
    renew: (token: string, id: string, place: number) => ask('renew', [['mill'], [id], [token], [60_000], [place]]),
    forget: (labourers: readonly string[], keep: number) => ask('forget', [labourers, keep, 1_000]),
    exchange: (token: string, id: string, place: number, next: string) =>
      ask('exchange', ['mill', next, 1_000, 1, 60_000, null, null, true, null, [id], [token], null, null, null, null, null, [place]]),
  };
};

const versionOne = async () => {
  const schema = await schemaOfVersion(server.url, 1);
  return { schema, old: oldProcess(schema) };
};

describe('what version 1 has written', () => {
  it('is all there, and goes on where it stood', async () => {
    const { schema, old } = await versionOne();
    await old.enqueue(['done', 'dead', 'again', 'running', 'lapsed', 'queued']);
    await old.claim('one', 5);
    expect(await old.settle('one', { done: 'completed', dead: 'dead', again: 'retry' })).toBe('aaa');
    await run(server.url, `UPDATE ${schema}.slot SET deadline = 1 WHERE id = 'lapsed'`);

    const { store } = await openStore(server.url, { schema });
    const plain = { labourer: 'mill', payload: '{}', priority: 0, errors: [] };
    const find = (id: string) => store.find({ labourer: 'mill', id });
    expect(await find('done')).toMatchObject({ ...plain, state: 'completed', attempts: 1 });
    expect(await find('dead')).toMatchObject({ ...plain, state: 'dead', error: 'dead it was' });
    expect(await find('again')).toMatchObject({ ...plain, state: 'queued', attempts: 1, lastError: 'retry it was' });
    expect(await find('running')).toMatchObject({ ...plain, state: 'running', token: 'one' });
    expect(await find('queued')).toMatchObject({ ...plain, state: 'queued', attempts: 0 });
    expect(idsOf((await store.list({ labourer: 'mill', state: 'queued', limit: 10 })).tasks)).toEqual(['again', 'queued']);
    expect(await store.settle([{ labourer: 'mill', id: 'dead', token: 'one', kind: 'dead', error: '' }])).toEqual(['repeated']);

    await store.enqueue([aTask('urgent', { priority: 9 })]);
    const { leases } = await store.claim(claimOf());
    expect(leases.map(({ id, attempt }) => [id, attempt])).toEqual([
      ['urgent', 1],
      ['again', 2],
      ['queued', 1],
    ]);
    expect(await store.reap([{ labourer: 'mill', id: 'lapsed', token: 'one', kind: 'dead', error: 'late' }])).toEqual(['applied']);
    expect(await store.settle([{ labourer: 'mill', id: 'running', token: 'one', kind: 'completed' }])).toEqual(['applied']);
    expect(await store.redrive([{ labourer: 'mill', id: 'dead' }])).toEqual(['queued']);
    expect(await find('dead')).toMatchObject({ state: 'queued', attempts: 0, lastError: 'dead it was' });
    expect(await store.census(['mill'])).toEqual([{ due: 1, waiting: 0, running: 3, expired: 0 }]);
  });

  it('may be worked with by whoever might do so before', async () => {
    const { schema } = await versionOne();
    const role = `${schema}_app`;
    const grants = `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`;
    await run(server.url, `CREATE ROLE ${role}; GRANT USAGE ON SCHEMA ${schema} TO ${role}; ${grants}`);
    onTestFinished(() => run(server.url, `DROP ROLE ${role}`).then(() => {}));
    onTestFinished(() => run(server.url, `DROP OWNED BY ${role}`).then(() => {}));
    await openStore(server.url, { schema });
    const may = `SELECT bool_and(has_table_privilege('${role}', c.oid, 'SELECT, INSERT, UPDATE, DELETE')) AS may, count(*)::integer AS tables
      FROM pg_class c WHERE c.relnamespace = '${schema}'::regnamespace AND c.relkind = 'r'`;
    expect(await run(server.url, may)).toEqual([{ may: true, tables: 12 }]);
    expect(await run(server.url, `SELECT has_table_privilege('${role}', '${schema}.outbox', 'TRUNCATE') AS may`)).toEqual([{ may: false }]);
  });
});

it('is brought up to date while four processes of version 1 are at work, and no task is lost or done twice', async () => {
  const { schema, old } = await versionOne();
  const ids = Array.from({ length: 400 }, (_, n) => `task-${n}`);
  await old.enqueue(ids.slice(0, 200));
  const patient = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (;;) {
      const answer = await ask().catch((error: unknown) =>
        (error as { code?: string }).code === '40P01' ? undefined : Promise.reject(error),
      );
      if (answer !== undefined) return answer;
    }
  };
  let version = 1;
  const work = async (name: string): Promise<void> => {
    for (let n = 0; n < 10 || version === 1; n += 1) {
      const token = `${name}-${n}`;
      const taken = await patient(() => old.claim(token, 5 + n));
      for (const { id, place } of taken.slice(0, 1)) await patient(() => old.exchange(token, id as string, place, `${token}-next`));
      const rest = Object.fromEntries(taken.slice(1).map(({ id }) => [id, 'completed']));
      if (taken.length > 1) await patient(() => old.settle(token, rest));
    }
  };
  const enqueue = async (): Promise<void> => {
    for (const id of ids.slice(200)) await patient(() => old.enqueue([id]));
  };
  const opening = openStore(server.url, { schema }).then((opened) => {
    version = 3;
    return opened;
  });
  const [{ store }] = await Promise.all([opening, ...['a', 'b', 'c', 'd'].map(work), enqueue()]);
  for (let left = 1; left > 0; ) {
    await run(server.url, `UPDATE ${schema}.slot SET deadline = 1 WHERE token IS NOT NULL`);
    await store.reap(
      (await store.expired(['mill'], 1_000)).map(({ labourer, id, token }) => ({
        labourer,
        id,
        token,
        kind: 'retry',
        after: 0,
        error: '',
      })),
    );
    const { leases } = await store.claim(claimOf());
    expect(await store.settle(leases.map(completed))).toEqual(leases.map(() => 'applied'));
    left = leases.length;
  }
  const ended = await run<{ id: string }>(server.url, `SELECT id FROM ${schema}.history WHERE state = 'completed'`);
  expect(idsOf(ended).sort()).toEqual(ids.toSorted());
  expect(await run(server.url, `SELECT version FROM ${schema}.meta`)).toEqual([{ version: 3 }]);
});

it('is brought up to date also where the server takes that back once, because of one who waits for it and holds it up', async () => {
  const { schema } = await versionOne();
  const pool = new Pool({ connectionString: server.url, max: 1 });
  onTestFinished(() => pool.end());
  const client = await pool.connect();
  // Its own search for deadlocks never begins: the migration's finds this one, and is the one to give way.
  await client.query(`BEGIN; SET LOCAL deadlock_timeout = '1h'; SELECT FROM ${schema}.again`);
  const opening = openStore(server.url, { schema });
  const waits = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%ALTER TABLE "${schema}".task%' AND pid <> pg_backend_pid()`;
  await expect.poll(() => run(server.url, waits)).toHaveLength(1);
  await client.query(`SELECT FROM ${schema}.task; COMMIT`);
  client.release();
  const { store } = await opening;
  expect(await store.enqueue([aTask('one', { priority: 1 })])).toEqual(['created']);
});

describe('a process of version 1, beside one of this version,', () => {
  const both = async () => {
    const { schema, old } = await versionOne();
    const { store } = await openStore(server.url, { schema });
    return { old, store, schema };
  };

  it('enqueues, claims, settles and exchanges as before', async () => {
    const { old, store } = await both();
    await old.enqueue(['one', 'two', 'three']);
    const [one] = await old.claim('a', 1);
    expect(one).toMatchObject({ id: 'one', payload: '{}' });
    expect(await old.renew('a', 'one', one!.place)).toHaveLength(1);
    expect(await old.exchange('a', 'one', one!.place, 'b')).toMatchObject([{ outcomes: 'a', passed_ids: 'two' }]);
    expect(await old.settle('b', { two: 'completed' })).toBe('a');
    const { leases } = await store.claim(claimOf());
    expect(idsOf(leases)).toEqual(['three']);
    expect(await store.settle(leases.map(completed))).toEqual(['applied']);
  });

  it('takes tasks with keys in their order, and what it took counts for who asks for turns', async () => {
    const { old, store } = await both();
    await store.enqueue(['a', 'a', 'a', 'b'].map((key, n) => aTask(`${key}${n}`, { key })));
    expect(idsOf((await old.claim('x', 2)) as never)).toEqual(['a0', 'a1']);
    expect(idsOf((await store.claim({ ...claimOf(), perKey: 2 })).leases)).toEqual(['b3']);
    expect(await old.settle('x', { a0: 'retry', a1: 'completed' })).toBe('aa');
    expect(idsOf((await store.claim({ ...claimOf(), perKey: 2 })).leases)).toEqual(['a0', 'a2']);
  });

  it('takes the more urgent first, and none whose time is over', async () => {
    const { old, store } = await both();
    await store.enqueue([aTask('late', { expiresAt: 1 }), aTask('plain'), aTask('urgent', { priority: 3 })]);
    expect(idsOf((await old.claim('a', 3)) as never)).toEqual(['urgent', 'plain']);
    expect((await store.find(aTask('late')))?.state).toBe('dropped');
  });

  it('loses neither an error nor what follows', async () => {
    const { old, store } = await both();
    await store.enqueue([aTask('one', { follow: '"two"' as JsonText })]);
    await old.claim('a', 1);
    expect(await old.settle('a', { one: 'dead' })).toBe('a');
    expect(await store.find(aTask('one'))).toMatchObject({ errors: [{ attempt: 1, error: 'dead it was' }] });
    expect(await store.outbox(['mill'], 10)).toMatchObject([{ id: 'one', state: 'dead', follow: '"two"' }]);
  });

  it('forgets what has ended, of every labourer and state it names', async () => {
    const { old, store } = await both();
    await old.enqueue(['one', 'two', 'three']);
    await old.claim('a', 2);
    expect(await old.settle('a', { one: 'completed', two: 'dead' })).toBe('aa');
    expect(await old.forget(['mill'], 60_000)).toEqual([{ purged: 0 }]);
    expect(await old.forget([], 0)).toEqual([{ purged: 0 }]);
    expect(await old.forget(['idle', 'mill'], 0)).toEqual([{ purged: 2 }]);
    expect(await Promise.all(['one', 'two', 'three'].map((id) => store.find(aTask(id))))).toMatchObject([
      undefined,
      undefined,
      { id: 'three' },
    ]);
  });

  it('is told that an attempt is stale whose task is to be cancelled', async () => {
    const { old, store } = await both();
    await old.enqueue(['one']);
    const [one] = await old.claim('a', 1);
    expect(await store.cancel([aTask('one')])).toEqual(['cancelling']);
    expect(await old.renew('a', 'one', one!.place)).toEqual([]);
    // A letter that version 1 does not know is stale to it.
    expect(await old.exchange('a', 'one', one!.place, 'b')).toMatchObject([{ outcomes: 'c' }]);
    expect((await store.find(aTask('one')))?.state).toBe('cancelled');
  });
});
