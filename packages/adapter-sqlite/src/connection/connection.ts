import { type Clock, type Millis, ReeveError } from '@reeve/core';
import type { SqliteClient } from './client.ts';
import { isBusy, storeFault } from './faults.ts';
import { Statements } from './statements.ts';
import { type Body, WriteQueue } from './write-queue.ts';

export interface ConnectionParts {
  readonly client: SqliteClient;
  /** For messages. */
  readonly file: string;
  readonly clock: Clock;
  readonly patience: Millis;
}

/**
 * The longest pause between two tries. SQLite has no queue for its lock: who waits has to look in just when another lets go. With two
 * processes that write without a break, the longest wait of a third was about 1 s in 6 s at 64, and 0.3 s at 8.
 */
const LONGEST_PAUSE: Millis = 8;

/**
 * One client, and the only place where transactions begin and end.
 *
 * The client is synchronous: from BEGIN to COMMIT this process runs nothing else, so two calls on one connection cannot
 * interleave. Other processes are held off by SQLite: BEGIN IMMEDIATE takes the file's one write lock at once, so all that a
 * verb reads it reads after every earlier writer has committed, and nobody writes between its reading and its writing. (A
 * transaction that began as a reader would be refused at its first write whenever another had written meanwhile, for its view
 * is an old one; under load most would have to begin again.)
 */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #statements: Statements;
  readonly #writes: WriteQueue;
  #closed = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#statements = new Statements(parts.client);
    this.#writes = new WriteQueue((body) => this.patiently(() => this.#transaction('BEGIN IMMEDIATE', body)));
  }

  /** All or nothing, after every other writer, together with the calls that arrive in the same turn. The body may be run again from its beginning, so it keeps its effects to the database. */
  write<T>(body: Body<T>): Promise<T> {
    return this.#writes.add(body);
  }

  /** One unchanging view of the file. Readers wait for nobody. */
  read<T>(body: Body<T>): Promise<T> {
    return this.patiently(() => this.#transaction('BEGIN', body));
  }

  /**
   * Tries again while another process holds the lock, with pauses that leave this process free: 1, 2, 4, 8, 8 ... ms.
   * @throws ReeveError STORE_BUSY when the pauses add up to the patience, and the other faults of a file
   */
  async patiently<T>(step: (client: SqliteClient) => T): Promise<T> {
    const { client, clock, file, patience } = this.#parts;
    for (let pause = 1, waited = 0; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      if (this.#closed) throw notOpen(file);
      try {
        return step(client);
      } catch (error) {
        if (!isBusy(error) || waited >= patience) throw storeFault(error, file);
      }
      await clock.sleep(pause);
      waited += pause;
    }
  }

  /** No call gets through any more, also none that is waiting for its next try. */
  close(): void {
    this.#closed = true;
  }

  #transaction<T>(begin: string, body: Body<T>): T {
    const { client, file } = this.#parts;
    if (client.inTransaction) throw inTransaction(file);
    // Not prepared and kept: a BEGIN that met a lock stays open in SQLite until it is run again, and would hold up the next COMMIT.
    client.exec(begin);
    try {
      const answer = body(this.#statements);
      client.exec('COMMIT');
      return answer;
    } catch (error) {
      // After some faults, a full disk among them, SQLite has rolled back by itself.
      if (client.inTransaction) client.exec('ROLLBACK');
      throw error;
    }
  }
}

export const notOpen = (file: string): ReeveError =>
  new ReeveError({
    kind: 'input',
    code: 'STORE_NOT_OPEN',
    message: `${file}: the store is not open; call start() first, and nothing after close()`,
  });

const inTransaction = (file: string): ReeveError =>
  new ReeveError({
    kind: 'input',
    code: 'STORE_IN_TRANSACTION',
    message: `${file}: the client that was given as \`database\` is inside a transaction of its own; end it first, or give the store a client for itself`,
  });
