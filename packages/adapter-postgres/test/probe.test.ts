import assert from 'node:assert/strict';
import { ProbeSource, sqlProbe, systemClock } from '@reeve/core';
import { Client, Pool } from 'pg';
import { describe, it } from 'vitest';
import { useServer } from './fixtures/server.ts';

/** The statements of docs/ecology.md. */
const CONNECTIONS =
  "select 100.0 * count(*) / current_setting('max_connections')::int from pg_stat_activity where backend_type = 'client backend'";
const LAG = "select extract(epoch from coalesce(max(replay_lag), '0')) from pg_stat_replication having count(*) > 0";
const LAG_OF_STANDBY = `select case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
  else extract(epoch from now() - pg_last_xact_replay_timestamp()) end from pg_stat_wal_receiver`;

const server = useServer({ settings: { max_connections: '50' } });

/** What the statement comes to, by a pool of its own. */
const measure = async (sql: string): Promise<number | string> => {
  const pool = new Pool({ connectionString: server.url, max: 1 });
  try {
    const source = new ProbeSource({ x: sqlProbe(pool, sql) }, systemClock);
    const [sample] = await source.read(['x'], new AbortController().signal);
    return sample?.kind === 'value' ? sample.value : sample?.kind === 'failed' ? String(sample.error) : 'none';
  } finally {
    await pool.end();
  }
};

describe('sqlProbe on a real Postgres', () => {
  it('measures how many connections are taken, in per cent', async () => {
    const before = Number(await measure(CONNECTIONS));
    const clients = Array.from({ length: 5 }, () => new Client(server.url));
    await Promise.all(clients.map((each) => each.connect()));
    try {
      assert.ok(Number(await measure(CONNECTIONS)) >= before + 8, 'five of fifty are ten per cent');
    } finally {
      await Promise.all(clients.map((each) => each.end()));
    }
  });

  it('has no data of the lag of a standby that there is not', async () => {
    assert.equal(await measure(LAG), 'none');
    assert.equal(await measure(LAG_OF_STANDBY), 'none');
  });

  it('takes the forms in which Postgres gives numbers, and refuses what is none', async () => {
    for (const [sql, value] of [
      ['select 5', 5],
      ['select count(*) from (values (1), (2)) as t', 2], // bigint, a text
      ['select 0.25::numeric', 0.25], // numeric, a text
      ['select 1e10::float8', 1e10],
    ] as const)
      assert.equal(await measure(sql), value);
    assert.equal(await measure('select null::int'), 'none');
    assert.equal(await measure('select 1 where false'), 'none');
    assert.match(String(await measure('select 1, 2')), /answered 2 columns/, 'both are named ?column?');
    assert.match(String(await measure('select generate_series(1, 3)')), /answered 3 rows/);
    assert.match(String(await measure("select 'NaN'::float8")), /no number/);
    assert.match(String(await measure('select true')), /no number/);
    assert.match(String(await measure('select 1 from nowhere')), /relation "nowhere" does not exist/);
  });
});
