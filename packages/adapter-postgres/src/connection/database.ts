import { createHash } from 'node:crypto';
import { MINUTE, type Millis, ReeveError } from '@reeve/core';
import type { Pool, PoolClient } from 'pg';
import { isLostName, isTakenBack, storeFault } from './faults.ts';

export type SqlValue = string | number | boolean | null;

/** Where statements are run: the pool, each in a transaction of its own, or one transaction. */
export interface Session {
  /**
   * @param often the same text comes again and again, and its plan does not hang on statistics
   * @throws ReeveError for whatever the server or the network says
   */
  query<Row>(text: string, values?: readonly SqlValue[], often?: 'often'): Promise<readonly Row[]>;
}

/** For a transaction of ours, which waits for others to migrate and may have much to do: longer than the pool's own limit. */
const PATIENCE: Millis = 10 * MINUTE;

/** A statement that others made impossible is tried so often. */
const TRIES = 5;

/**
 * The pool. Statements leave nothing behind in their connection, so each may run on another one: that is what PgBouncer in transaction
 * mode asks for. Only where nobody stands between us and the server, the frequent ones have names, which spares it a sixth of its work:
 * it reads and plans them once for each connection.
 */
export class Database implements Session {
  readonly #pool: Pool;
  #names = false;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Finds out whether connections lead to the server itself: a pooler gives itself out as a process of another number.
   * @throws ReeveError as every query
   */
  async look(): Promise<void> {
    await this.#withClient(async (client) => {
      const [row] = await sessionOf(client).query<{ readonly pid: number }>('SELECT pg_backend_pid() AS pid');
      this.#names = row?.pid === (client as { readonly processID?: unknown }).processID;
    });
  }

  async query<Row>(text: string, values: readonly SqlValue[] = [], often?: 'often'): Promise<readonly Row[]> {
    for (let tries = 1; ; tries += 1) {
      const named = this.#names && often !== undefined;
      try {
        const { rows } = await this.#pool.query({ ...(named && { name: nameOf(text) }), text, values: [...values] });
        return rows as Row[];
      } catch (error) {
        if (named && isLostName(error)) {
          // There is somebody in between after all. Nothing was done.
          this.#names = false;
          continue;
        }
        // A deadlock: the server has let others go first, and they are through by now.
        if (!isTakenBack(error) || tries === TRIES) throw storeFault(error);
      }
    }
  }

  /** Commits when the body is through, and takes back what it did when it throws. */
  transaction<T>(body: (session: Session) => Promise<T>): Promise<T> {
    return this.#withClient(async (client, onError) => {
      const session = sessionOf(client, PATIENCE);
      try {
        await session.query('BEGIN ISOLATION LEVEL READ COMMITTED');
        const answer = await body(session);
        await session.query('COMMIT');
        return answer;
      } catch (error) {
        if (ReeveError.is(error, 'STORE_UNREACHABLE'))
          onError(); // nobody is there to roll back, or does it by himself
        else await session.query('ROLLBACK').catch(onError);
        throw error;
      }
    });
  }

  /** @param use may call `onError`, and the connection goes back to the pool no more */
  async #withClient<T>(use: (client: PoolClient, onError: () => void) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    let broken = false;
    const onError = (): void => {
      broken = true;
    };
    client.on('error', onError); // else the loss of the connection would end the process
    try {
      return await use(client, onError);
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw storeFault(error);
    }
  }
}

const names = new Map<string, string>();

/** The same for the same text, and for no other: a pool of the user's may serve several stores. */
const nameOf = (text: string): string => {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `reeve ${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
};

const sessionOf = (client: PoolClient, patience?: Millis): Session => ({
  query: async <Row>(text: string, values: readonly SqlValue[] = []) => {
    try {
      // Without values it goes as one message, which may hold several statements.
      const limit = patience === undefined ? {} : { query_timeout: patience };
      const { rows } = await client.query(values.length === 0 ? { text, ...limit } : { text, values: [...values], ...limit });
      return rows as Row[];
    } catch (error) {
      throw storeFault(error);
    }
  },
});
