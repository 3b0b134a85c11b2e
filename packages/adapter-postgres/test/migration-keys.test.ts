/** Tasks with keys that version 2 has queued, and a process of version 2 that goes on beside one of this version. */
import { describe, expect, it } from 'vitest';
import { run, useServer } from './fixtures/server.ts';
import { aTask, claimOf, completed, idsOf, openStore } from './fixtures/stores.ts';
import { schemaOfVersion } from './fixtures/versions.ts';

const server = useServer();

/** What version 2 says of keys, word by word; and the table that its lists, counts and looks for work read. */
const TURNS = {
  ready: 'SELECT r.id FROM $.ready r WHERE r.labourer = $1 ORDER BY r.due, r.seq',
  enqueue:
    'SELECT id FROM $.enqueue_many($1::text[], $2::text[], $3::text[], $4::bigint[], $5::smallint[], $6::bigint[], $7::text[], $8::text[]) AS created (id)',
  claim: `SELECT * FROM $.claim_turns($1::text, $2::text, $3::integer, $4::integer, $5::bigint, $6::bigint, $7::bigint, '{}', $8::integer)`,
  exchange:
    'SELECT * FROM $.exchange_turns($1::text, $2::text, $3::integer, $4::integer, $5::bigint, $6::bigint, $7::bigint, $8::boolean, $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::text[], $15::text[], $16::text[], $17::integer[], $18::integer)',
};

const versionTwo = async () => {
  const schema = await schemaOfVersion(server.url, 2);
  const ask = <Row>(name: keyof typeof TURNS, values: unknown[]) =>
    run<Row>(server.url, { text: TURNS[name].replace('$.', `${schema}.`), values });
  return {
    schema,
    ready: () => ask<{ id: string }>('ready', ['mill']),
    enqueue: (ids: readonly string[]) =>
      ask('enqueue', [ids.map(() => 'mill'), ids, ids.map(() => '{}'), [], [], [], [], ids.map((id) => id[0])]),
    claim: async (token: string, limit: number, perKey: number) => {
      const rows = await ask<{ id: string | null; place: number }>('claim', ['mill', token, 100, limit, 60_000, null, null, perKey]);
      return rows.filter(({ id }) => id !== null);
    },
    exchange: async (token: string, places: Readonly<Record<string, number>>, next: string, perKey: number) => {
      const ids = Object.keys(places);
      const given = ['mill', next, 100, ids.length, 60_000, null, null, true, null, ids, [token], null, null, null, null, null];
      const rows = await ask<{ outcomes: string; passed_ids: string }>('exchange', [...given, Object.values(places), perKey]);
      return { outcomes: rows.at(-1)?.outcomes, ids: rows.at(-1)?.passed_ids.split('\u0001') };
    },
  };
};

describe('keys that version 2 has written', () => {
  it('take turns with those of this version, and a process of version 2 goes on beside it', async () => {
    const { schema, enqueue, claim, exchange, ready } = await versionTwo();
    await enqueue(['a0', 'a1', 'a2', 'b0', 'b1', 'c0']);
    const taken = await claim('old', 2, 1);
    expect(idsOf(taken as never)).toEqual(['a0', 'b0']);

    const { store } = await openStore(server.url, { schema });
    await store.enqueue(['a3', 'b2', 'd0', 'd1'].map((id) => aTask(id, { key: id[0] ?? '' })));
    await enqueue(['e0', 'd2']);
    expect(idsOf(await ready())).toEqual(['a3', 'b2', 'd0', 'd1', 'e0', 'd2']);
    expect(await store.find(aTask('a1'))).toMatchObject({ state: 'queued', key: 'a' });
    expect(idsOf((await store.list({ labourer: 'mill', state: 'queued', limit: 20 })).tasks)).toHaveLength(10);
    const { leases } = await store.claim({ ...claimOf({ limit: 2 }), perKey: 2 });
    expect(idsOf(leases)).toEqual(['c0', 'd0']);

    const places = Object.fromEntries(taken.map(({ id, place }) => [id, place]));
    expect(await exchange('old', places, 'next', 1)).toEqual({ outcomes: 'aa', ids: ['a1', 'b1'] });
    expect(idsOf((await claim('more', 9, 1)) as never)).toEqual(['e0']);
    expect(await store.settle(leases.map(completed))).toEqual(['applied', 'applied']);
    const { leases: last } = await store.claim({ ...claimOf(), perKey: 9 });
    expect(idsOf(last)).toEqual(['d1', 'a2', 'b2', 'd2', 'a3']);
  });

  it('are taken in the order of all by who asks for no turns', async () => {
    const { schema, enqueue } = await versionTwo();
    await enqueue(['a0', 'b0']);
    const { store } = await openStore(server.url, { schema });
    await store.enqueue([aTask('a1', { key: 'a' }), aTask('plain'), aTask('b1', { key: 'b' })]);
    await enqueue(['c0']);
    expect(idsOf((await store.claim(claimOf({ limit: 3 }))).leases)).toEqual(['a0', 'b0', 'a1']);
    expect(idsOf((await store.claim(claimOf())).leases)).toEqual(['plain', 'b1', 'c0']);
  });
});
