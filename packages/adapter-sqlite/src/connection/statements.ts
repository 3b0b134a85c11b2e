import { ReeveError } from '@reeve/core';
import type { SqliteClient, SqliteStatement, SqlValue } from './client.ts';

/** Runs SQL on one client. Each text is compiled once. */
export class Statements {
  readonly #client: SqliteClient;
  readonly #prepared = new Map<string, SqliteStatement>();

  constructor(client: SqliteClient) {
    this.#client = client;
  }

  /** @returns how many rows were changed */
  run(sql: string, ...values: SqlValue[]): number {
    return this.#prepare(sql).run(...checked(values)).changes;
  }

  /**
   * Never through the client's `get`: libsql leaves a statement that failed in it as it was, and each later use would fail with
   * the same error for as long as the connection lives. `all` and `run` begin anew.
   */
  first<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.all<Row>(sql, ...values)[0];
  }

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.#prepare(sql).all(...checked(values)) as Row[];
  }

  #prepare(sql: string): SqliteStatement {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#client.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

/** The client's native part ends the whole process over a value of another type, so none gets there. */
const checked = (values: SqlValue[]): SqlValue[] => {
  for (const value of values) {
    if (typeof value === 'string' || typeof value === 'number' || value === null) continue;
    throw new ReeveError({
      kind: 'input',
      code: 'STORE_REFUSED',
      message: `a value of the call is ${typeof value}; give strings and numbers, as the types say`,
    });
  }
  return values;
};
