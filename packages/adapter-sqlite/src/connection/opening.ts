import type { Clock } from '@reeve/core';
import Database from 'libsql';
import type { Settings, SqliteStoreOptions } from '../options.ts';
import { migrate } from '../schema/migrate.ts';
import type { SqliteClient } from './client.ts';
import { Connection, notOpen } from './connection.ts';
import { storeFault } from './faults.ts';

/** Opens and closes the store's one connection. */
export class Opening {
  readonly #options: SqliteStoreOptions;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #file: string;
  #connection: Connection | undefined;
  #starting: Promise<void> | undefined;
  /** What was opened here, and is to be closed here. */
  #own: SqliteClient | undefined;

  constructor(options: SqliteStoreOptions, settings: Settings, clock: Clock) {
    this.#options = options;
    this.#settings = settings;
    this.#clock = clock;
    this.#file = options.file ?? 'the given database';
  }

  /** @throws ReeveError STORE_NOT_OPEN */
  get connection(): Connection {
    if (!this.#connection) throw notOpen(this.#file);
    return this.#connection;
  }

  start(): Promise<void> {
    // Calls that arrive meanwhile share one opening; after a failure the next call tries anew.
    this.#starting ??= this.#open().catch((error: unknown) => {
      this.#starting = undefined;
      this.#closeOwn();
      throw error;
    });
    return this.#starting;
  }

  async close(): Promise<void> {
    await this.#starting?.catch(() => {});
    this.#starting = undefined;
    this.#connection?.close();
    this.#connection = undefined;
    this.#closeOwn();
  }

  async #open(): Promise<void> {
    const { synchronous, busyTimeout, patience } = this.#settings;
    const client = this.#options.database ?? this.#openFile();
    const connection = new Connection({ client, file: this.#file, clock: this.#clock, patience });
    await connection.patiently(() => client.exec(`PRAGMA busy_timeout = ${busyTimeout}; PRAGMA synchronous = ${synchronous}`));
    // Write-ahead log: readers and the writer do not wait for each other, and a commit is one flush of one file.
    await connection.patiently(() => client.prepare('PRAGMA journal_mode = WAL').get());
    await migrate(connection, client, this.#file);
    this.#connection = connection;
  }

  #openFile(): SqliteClient {
    const file = this.#file;
    try {
      this.#own = new Database(file);
      return this.#own;
    } catch (error) {
      throw storeFault(error, file);
    }
  }

  #closeOwn(): void {
    const own = this.#own;
    this.#own = undefined;
    if (!own) return;
    try {
      // The log goes into the file, as far as no other process is reading, so that what is left is one file to copy.
      own.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    } catch {
      // Whoever opens the file next finds the log and reads on.
    } finally {
      own.close();
    }
  }
}
