import type { Pool, PoolClient } from 'pg';
import { isTakenBack, storeFault } from './faults.ts';

export type SqlValue = string | number | boolean | null;

/** Where statements are run: the pool, each in a transaction of its own, or one transaction. */
export interface Session {
  /** @throws ReeveError for whatever the server or the network says */
  query<Row>(text: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
}

/** A statement that others made impossible is tried so often. */
const TRIES = 5;

/**
 * The pool. Statements have no names and leave nothing behind in their connection, so each may run on another one: that is what
 * PgBouncer in transaction mode asks for.
 */
export class Database implements Session {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async query<Row>(text: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        const { rows } = await this.#pool.query({ text, values: [...values] });
        return rows as Row[];
      } catch (error) {
        // A deadlock: the server has let others go first, and they are through by now.
        if (!isTakenBack(error) || tries === TRIES) throw storeFault(error);
      }
    }
  }

  /** Commits when the body is through, and takes back what it did when it throws. */
  async transaction<T>(body: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    const session = sessionOf(client);
    let broken = false;
    const onError = (): void => {
      broken = true;
    };
    client.on('error', onError); // else the loss of the connection would end the process
    try {
      await session.query('BEGIN ISOLATION LEVEL READ COMMITTED');
      const answer = await body(session);
      await session.query('COMMIT');
      return answer;
    } catch (error) {
      await session.query('ROLLBACK').catch(onError);
      throw error;
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

const sessionOf = (client: PoolClient): Session => ({
  query: async <Row>(text: string, values: readonly SqlValue[] = []) => {
    try {
      // Without values it goes as one message, which may hold several statements.
      const { rows } = values.length === 0 ? await client.query(text) : await client.query({ text, values: [...values] });
      return rows as Row[];
    } catch (error) {
      throw storeFault(error);
    }
  },
});
