import pg from 'pg';

const SCHEMAS = ['reeve', 'bullmq', 'pgboss', 'graphile_worker'];
const SETTINGS = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size', 'wal_sync_method'];

const connected = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client(url);
  await client.connect();
  return client;
};

const withClient = async <Answer>(url: string, work: (client: pg.Client) => Promise<Answer>): Promise<Answer> => {
  const client = await connected(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

export const dropSchemas = (url: string): Promise<void> =>
  withClient(url, async (client) => {
    await client.query('SET client_min_messages = error');
    for (const each of SCHEMAS) await client.query(`DROP SCHEMA IF EXISTS ${each} CASCADE`);
  });

/** As autovacuum would have left a backlog that has been there for a while; and no checkpoint falls into the time that is measured. */
export const settlePostgres = (url: string): Promise<void> =>
  withClient(url, async (client) => {
    await client.query('VACUUM ANALYZE');
    await client.query('CHECKPOINT');
  });

export interface Counter {
  readonly now: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Asks the same count again and again, on a connection of its own. */
export const counter = async (url: string, text: string): Promise<Counter> => {
  const client = await connected(url);
  return { now: async () => Number((await client.query<{ count: string }>(text)).rows[0]?.count), close: () => client.end() };
};

/** Version and what matters of its settings, for the report: "PostgreSQL 18.4, fsync on, ...". */
export const describePostgres = (url: string): Promise<string> =>
  withClient(url, async (client) => {
    const setting = async (name: string): Promise<string> =>
      (await client.query<{ value: string }>('SELECT current_setting($1) AS value', [name])).rows[0]?.value ?? '';
    const values: string[] = [];
    for (const name of SETTINGS) values.push(`${name} ${await setting(name)}`);
    return [`PostgreSQL ${(await setting('server_version')).split(' ')[0]}`, ...values].join(', ');
  });
