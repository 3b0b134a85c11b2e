import { type Clock, configFault, DAY, type Millis, type Problem } from '@reeve/core';
import type { Pool, PoolConfig } from 'pg';
import { quoteSchema, type SchemaName, schemaProblem } from './schema/names.ts';

export interface PostgresModuleOptions {
  /**
   * Where the database is: a URL ("postgres://user:password@host:5432/app"), or the settings of a `pg.Pool`. Default as `pg` finds it:
   * PGHOST, PGUSER, PGDATABASE and so on.
   */
  readonly connection?: string | PoolConfig;
  /** A pool of your own. It is never ended. */
  readonly pool?: Pool;
  /** The schema that holds the tables. Default "reeve"; each is a store for itself. */
  readonly schema?: string;
  /** At the start, `migrate` (default) makes the schema or brings it up to date; `verify` complains. */
  readonly atStart?: 'migrate' | 'verify';
  /** How long ended tasks are kept, so that a known id is a duplicate. In milliseconds; default 7 days. */
  readonly keepEnded?: Millis;
  /** The most connections of a pool that is made here. Default 10. */
  readonly maxConnections?: number;
  /**
   * Where to LISTEN, on one more connection: a URL of the server itself, where `connection` leads through PgBouncer, which keeps no
   * LISTEN. Default: where the pool leads. `false`: nowhere; work of other processes is then found by polling.
   */
  readonly listen?: string | false;
}

export type PostgresStoreOptions = PostgresModuleOptions & {
  /** What pauses of the listener wait on. Instants are the server's. Default `systemClock`. */
  readonly clock?: Clock;
};

export interface Settings {
  readonly schema: SchemaName;
  readonly atStart: 'migrate' | 'verify';
  readonly keepEnded: Millis;
  readonly pool: PoolConfig;
  readonly listen: string | false | undefined;
}

const NAMES = ['connection', 'pool', 'schema', 'atStart', 'keepEnded', 'maxConnections', 'listen', 'clock'];

/** How long to wait for a connection before it is STORE_UNREACHABLE. */
export const CONNECT: Millis = 10_000;
/**
 * How long to wait for an answer. Over a connection that is half open none ever comes, and it would hold its place in the pool for ever: it is
 * thrown away instead. Ten seconds are a hundred times what any statement of ours takes.
 */
export const ANSWER: Millis = 10_000;

/** @throws ReeveError INVALID_POSTGRES_STORE that lists all that is wrong */
export const settingsOf = (options: PostgresStoreOptions): Settings => {
  const problems: Problem[] = [];
  const say = (name: string, problem: string): void => void problems.push({ path: `postgresStore.${name}`, problem });
  for (const name of Object.keys(options)) if (!NAMES.includes(name)) say(name, `is not an option; there are ${NAMES.join(', ')}`);
  const { connection, pool, listen, schema = 'reeve', atStart = 'migrate' }: Readonly<Record<string, unknown>> = { ...options };
  if (pool !== undefined) {
    for (const name of ['connection', 'maxConnections'] as const)
      if (options[name] !== undefined) say(name, 'is given beside a pool; set it on that pool, or leave the pool out');
    if (typeof (pool as Pool | null)?.query !== 'function' || typeof (pool as Pool | null)?.connect !== 'function')
      say('pool', 'is no pool; give a Pool of pg');
  }
  if (typeof connection === 'string') sayUrl(connection, (problem) => say('connection', problem));
  else if (connection !== undefined && (typeof connection !== 'object' || connection === null))
    say('connection', `must be a URL or the settings of a pool, not ${shown(connection)}`);
  if (typeof listen === 'string') sayUrl(listen, (problem) => say('listen', problem));
  else if (listen !== undefined && listen !== false) say('listen', `must be a URL or false, not ${shown(listen)}`);
  const named = schemaProblem(schema);
  if (named !== undefined) say('schema', named);
  if (atStart !== 'migrate' && atStart !== 'verify') say('atStart', `must be migrate or verify, not ${shown(atStart)}`);
  const { keepEnded = 7 * DAY, maxConnections = 10 } = options;
  if (!Number.isSafeInteger(keepEnded) || keepEnded < 0)
    say('keepEnded', `must be a whole number of milliseconds, 0 or more, not ${shown(keepEnded)}`);
  if (!Number.isSafeInteger(maxConnections) || maxConnections < 1)
    say('maxConnections', `must be a whole number, 1 or more, not ${shown(maxConnections)}`);
  if (problems.length > 0) throw configFault(problems, 'The Postgres store cannot work:', 'INVALID_POSTGRES_STORE');
  const given: PoolConfig =
    typeof connection === 'string' ? { connectionString: connection } : ((options.connection as PoolConfig | undefined) ?? {});
  return {
    schema: quoteSchema(schema as string),
    atStart: atStart as Settings['atStart'],
    keepEnded,
    pool: {
      max: maxConnections,
      connectionTimeoutMillis: CONNECT,
      query_timeout: ANSWER,
      keepAlive: true,
      application_name: 'reeve',
      ...given,
    },
    listen: options.listen,
  };
};

const sayUrl = (url: string, say: (problem: string) => void): void => {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) say('is no URL of a Postgres; give one like postgres://user@host:5432/app');
};

const shown = (value: unknown): string => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `a ${typeof value}`;
};
