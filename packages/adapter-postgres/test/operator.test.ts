/** What comes between the look and the taking hold, which the kit's races meet by chance only. */
import type { JsonText, Lease, Verdict } from '@reeve/core';
import { Pool } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run, useServer } from './fixtures/server.ts';
import { aTask, claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

const server = useServer();

const someWait = (schema: string, verb: string): Promise<void> => {
  const waits = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%"${schema}".${verb}%'`;
  return expect.poll(() => run(server.url, waits)).toHaveLength(1);
};

/** A transaction that has done these things and not committed yet. `commit` does it once somebody waits for it. */
const holding = async (schema: string, ...statements: string[]) => {
  const pool = new Pool({ connectionString: server.url, max: 1 });
  onTestFinished(() => pool.end());
  const client = await pool.connect();
  await client.query(['BEGIN', ...statements].join(';'));
  return async (verb: string): Promise<void> => {
    await someWait(schema, verb);
    await client.query('COMMIT');
    client.release();
  };
};

const claimOne = (schema: string) => `SELECT * FROM ${schema}.claim('mill', 'other', 5, 1, 60000, NULL, NULL, '{}')`;

describe('a claim that has taken the task and not committed yet', () => {
  const queued = async () => {
    const { store, schema } = await openStore(server.url, { listen: false });
    await store.enqueue([aTask('one')]);
    return { store, schema, commit: await holding(schema, claimOne(schema)) };
  };

  it('is waited for by a cancellation, which then is one of a running task', async () => {
    const { store, schema, commit } = await queued();
    const asked = store.cancel([aTask('one')]);
    await commit('cancel');
    expect(await asked).toEqual(['cancelling']);
    expect(await store.renew([{ labourer: 'mill', id: 'one', token: 'other', lease: 60_000 }])).toEqual([{ kind: 'cancelled' }]);
    expect(await run(server.url, `SELECT id FROM ${schema}.ready UNION ALL SELECT id FROM ${schema}.history`)).toEqual([]);
  });

  it('is waited for by a burial and by another payload, which then change nothing', async () => {
    const { store, commit } = await queued();
    const burial = store.bury([{ ...aTask('one'), error: 'no' }]);
    const replacement = store.replace([{ labourer: 'mill', id: 'one', payload: '2' as never }]);
    await commit('bury');
    expect(await burial).toEqual(['running']);
    expect(await replacement).toEqual(['started']);
    expect(await store.find(aTask('one'))).toMatchObject({ state: 'running', payload: '{}', errors: [] });
  });
});

describe('another payload that is not committed yet', () => {
  it('lets a claim pass by, and is what the next one finds', async () => {
    const { store, schema } = await openStore(server.url, { listen: false });
    await store.enqueue([aTask('one'), aTask('two')]);
    const pool = new Pool({ connectionString: server.url, max: 1 });
    onTestFinished(() => pool.end());
    const client = await pool.connect();
    await client.query(`BEGIN; SELECT ${schema}.replace('{mill}', '{one}', '{7}')`);
    expect(idsOf((await store.claim(claimOf())).leases)).toEqual(['two']);
    await client.query('COMMIT');
    client.release();
    expect((await store.claim(claimOf())).leases).toMatchObject([{ id: 'one', payload: '7' }]);
  });
});

it.each(['completed', 'dead', 'cancelled', 'dropped'])(
  'an end that comes after a redrive, %s, is later than the one before, also if the clock is not',
  async (state) => {
    const { store, schema } = await openStore(server.url, { listen: false });
    await store.enqueue([aTask('one', { follow: '1' as JsonText })]);
    await store.cancel([aTask('one')]);
    const [first] = await store.outbox(['mill'], 1);
    const later = (first?.endedAt ?? 0) + 3_600_000;
    await run(server.url, `UPDATE ${schema}.history SET ended_at = ${later}; UPDATE ${schema}.outbox SET ended_at = ${later}`);
    await store.redrive([aTask('one')]);
    if (state === 'cancelled') await store.cancel([aTask('one')]);
    if (state === 'dropped') await run(server.url, `UPDATE ${schema}.again SET expires_at = 1`);
    const { leases } = await store.claim(claimOf());
    const verdicts = leases.map(
      (lease): Verdict => (state === 'dead' ? { ...completed(lease), kind: 'dead', error: 'no' } : completed(lease)),
    );
    await store.exchange(verdicts, claimOf());
    expect(await store.outbox(['mill'], 1)).toMatchObject([{ state, endedAt: later + 1 }]);
    await store.takeOut([{ ...aTask('one'), endedAt: later }]);
    expect(await store.outbox(['mill'], 1)).toHaveLength(1);
    expect(await store.find(aTask('one'))).toMatchObject({ state, endedAt: later + 1 });
  },
);

it('an end that comes after a redrive is a later one, where nothing follows either', async () => {
  const { store, schema } = await openStore(server.url, { listen: false });
  await store.enqueue([aTask('one')]);
  await store.cancel([aTask('one')]);
  await run(server.url, `UPDATE ${schema}.history SET ended_at = 9000000000000`);
  await store.redrive([aTask('one')]);
  const { leases } = await store.claim(claimOf());
  await store.settle(leases.map((lease) => ({ ...completed(lease), kind: 'retry', after: 0, error: 'no' })));
  const { leases: again } = await store.claim(claimOf());
  await store.exchange(again.map(completed), claimOf());
  expect(await store.find(aTask('one'))).toMatchObject({ state: 'completed', endedAt: 9_000_000_000_001 });
});

describe('a cancellation of what runs', () => {
  const running = async () => {
    const { store, schema } = await openStore(server.url, { listen: false });
    await store.enqueue(someTasks(8));
    const { leases } = await store.claim(claimOf({ cap: 4 }));
    return { store, schema, leases };
  };
  const keyOf = ({ labourer, id }: Lease) => ({ labourer, id });

  it('that comes while an exchange is about to pass the place on has that taken back, and ends the task', async () => {
    const { store, schema, leases } = await running();
    const commit = await holding(schema, `SELECT ${schema}.cancel('{mill}', '{${leases[2]!.id}}')`);
    const exchange = store.exchange(leases.map(completed), claimOf({ cap: 4, limit: 4 }));
    await commit('exchange');
    const { outcomes, leases: next } = await exchange;
    expect(outcomes).toEqual(['applied', 'applied', 'cancelled', 'applied']);
    expect(idsOf(next)).toEqual(idsOf(someTasks(8).slice(4)));
    expect(await store.find(leases[2]!)).toMatchObject({ state: 'cancelled', attempts: 1 });
    expect(await run(server.url, `SELECT count(*)::integer AS marked FROM ${schema}.slot WHERE cancelling`)).toEqual([{ marked: 0 }]);
  });

  it('that waits for an exchange finds the task ended, and does not mark the next in its place', async () => {
    const { store, schema, leases } = await running();
    const [lease] = leases;
    const values = `'mill', 'next', 4, 1, 60000, NULL, NULL, true, NULL, '{${lease!.id}}', '{${lease!.token}}', NULL, NULL, NULL, NULL, NULL, '{1}'`;
    const commit = await holding(schema, `SELECT * FROM ${schema}.exchange(${values})`);
    const asked = store.cancel([keyOf(lease!)]);
    await commit('cancel');
    expect(await asked).toEqual(['ended']);
    expect(await run(server.url, `SELECT id FROM ${schema}.slot WHERE cancelling`)).toEqual([]);
  });

  it('goes with an attempt whose place has passed to another', async () => {
    const { store, schema, leases } = await running();
    await store.cancel([keyOf(leases[0]!)]);
    await run(server.url, `UPDATE ${schema}.slot SET deadline = 1`);
    await store.claim(claimOf({ cap: 4 }));
    expect(await store.cancel([keyOf(leases[1]!)])).toEqual(['cancelling']);
    const found = await store.expired(['mill'], 10);
    expect(found).toHaveLength(4);
    const verdicts = leases.map(({ labourer, id, token }) => ({ labourer, id, token, kind: 'retry', after: 0, error: 'late' }) as const);
    expect(await store.reap(verdicts)).toEqual(['cancelled', 'cancelled', 'applied', 'applied']);
  });

  it('takes places in their order, whatever that of the keys, and holds none while it waits for one before it', async () => {
    const { store, schema, leases } = await running();
    const commit = await holding(schema, `UPDATE ${schema}.slot SET no = no WHERE no = 1`);
    const asked = store.cancel(leases.map(keyOf).toReversed());
    const free = `SELECT no FROM ${schema}.slot WHERE no > 1 FOR UPDATE SKIP LOCKED`;
    await someWait(schema, 'cancel');
    expect(await run(server.url, free)).toHaveLength(3);
    await commit('cancel');
    expect(await asked).toEqual(Array(4).fill('cancelling'));
  });
});
