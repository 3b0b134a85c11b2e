import { ReeveError } from '@reeve/core';
import { Pool } from 'pg';
import type { PostgresStoreOptions, Settings } from '../options.ts';
import { migrate } from '../schema/migrate.ts';
import { Database } from './database.ts';

/** What must be so on the server for the promises to hold. */
const LOOK = `
  SELECT current_setting('server_version_num')::integer AS version, current_setting('server_encoding') AS encoding,
         current_setting('default_transaction_isolation') AS isolation, current_setting('synchronous_commit') AS commits,
         current_setting('fsync') AS fsync`;

interface Server {
  readonly version: number;
  readonly encoding: string;
  readonly isolation: string;
  readonly commits: string;
  readonly fsync: string;
}

/** Opens and closes the store's pool. */
export class Opening {
  readonly #given: Pool | undefined;
  readonly #settings: Settings;
  #database: Database | undefined;
  #starting: Promise<void> | undefined;
  /** What was opened here, and is to be closed here. */
  #own: Pool | undefined;
  /** Whether an answered write is on the disk. Known once it is open. */
  durable = true;

  constructor({ pool }: PostgresStoreOptions, settings: Settings) {
    this.#given = pool;
    this.#settings = settings;
  }

  /** @throws ReeveError STORE_NOT_OPEN */
  get database(): Database {
    if (!this.#database) throw notOpen();
    return this.#database;
  }

  start(): Promise<void> {
    // Calls that arrive meanwhile share one opening; after a failure the next call tries anew.
    this.#starting ??= this.#open().catch(async (error: unknown) => {
      this.#starting = undefined;
      await this.#closeOwn();
      throw error;
    });
    return this.#starting;
  }

  async close(): Promise<void> {
    await this.#starting?.catch(() => {});
    this.#starting = undefined;
    this.#database = undefined;
    this.#given?.off('error', ignore);
    await this.#closeOwn();
  }

  async #open(): Promise<void> {
    const pool = this.#given ?? new Pool(this.#settings.pool);
    if (!this.#given) this.#own = pool;
    // A pool throws away an idle connection that broke, and says so; said to nobody, it would end the process.
    pool.on('error', ignore);
    const database = new Database(pool);
    const [server] = await database.query<Server>(LOOK);
    if (server) checkServer(server);
    await migrate(database, this.#settings.schema, this.#settings.atStart);
    this.durable = server?.fsync === 'on' && server.commits !== 'off';
    await database.look();
    this.#database = database;
  }

  async #closeOwn(): Promise<void> {
    const own = this.#own;
    this.#own = undefined;
    await own?.end().catch(() => {});
  }
}

const ignore = (): void => {};

const checkServer = ({ version, encoding, isolation }: Server): void => {
  const problems = [
    ...(version < 130_000 ? [`its version is ${Math.floor(version / 10_000)}, and 13 or later is needed`] : []),
    ...(encoding === 'UTF8' ? [] : [`the database's encoding is ${encoding}; create one with ENCODING 'UTF8'`]),
    ...(isolation === 'read committed'
      ? []
      : [`default_transaction_isolation is "${isolation}"; set it to "read committed" for this user (ALTER ROLE)`]),
  ];
  if (problems.length > 0) throw new ReeveError({ kind: 'config', code: 'STORE_UNSUITED', message: `Postgres: ${problems.join('; ')}` });
};

const notOpen = (): ReeveError =>
  new ReeveError({
    kind: 'input',
    code: 'STORE_NOT_OPEN',
    message: 'Postgres: the store is not open; call start() first, and nothing after close()',
  });
