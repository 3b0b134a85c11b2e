/** What is used of a client: the shape of `libsql`'s synchronous `Database`. */
export interface SqliteClient {
  readonly inTransaction: boolean;
  /** True: there is no file, and the data is gone when it is closed. */
  readonly memory?: boolean;
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

export type SqlValue = string | number | null;

export interface SqliteStatement {
  run(...values: SqlValue[]): { readonly changes: number };
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}
