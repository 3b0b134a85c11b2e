import { type Probe, type ProbeAnswer, probeFault } from './probe-source.ts';

/** What a client of a database must be able to do: one of pg, mysql2 and others, or a pool of them. */
export interface SqlClient {
  query(sql: string): unknown;
}

/**
 * Measures a number by one statement that answers one row of one column. No row, or NULL: there is no data.
 * @throws ReeveError INVALID_PROBES that lists all that is wrong
 */
export const sqlProbe = (client: SqlClient, sql: string): Probe => {
  const given: Partial<SqlClient> | null | undefined = client;
  const problems = [
    ...(typeof given?.query === 'function'
      ? []
      : [{ path: 'sqlProbe.client', problem: 'has no query(); give a client or a pool, such as new Pool() of pg' }]),
    ...(typeof sql === 'string' && sql.trim() !== ''
      ? []
      : [{ path: 'sqlProbe.sql', problem: 'is no statement; give one, such as "select count(*) from jobs"' }]),
  ];
  if (problems.length > 0) throw probeFault(problems);
  return async () => numberOf(rowsOf(await client.query(sql)));
};

/** pg answers `{ rows, fields }`, mysql2 `[rows, fields]`, others the rows. Rows alone hide that two columns have one name. */
const rowsOf = (answer: unknown): readonly unknown[] => {
  const { rows, fields } = partsOf(answer);
  if (!Array.isArray(rows)) throw new TypeError('the client answered no rows');
  if (Array.isArray(fields) && fields.length > 1) throw tooMany(fields.length);
  return rows;
};

const partsOf = (answer: unknown): { readonly rows?: unknown; readonly fields?: unknown } => {
  if (!Array.isArray(answer)) return typeof answer === 'object' && answer !== null ? answer : {};
  const [rows, fields] = answer as readonly unknown[];
  return answer.length === 2 && Array.isArray(rows) && Array.isArray(fields) ? { rows, fields } : { rows: answer };
};

const numberOf = (rows: readonly unknown[]): ProbeAnswer => {
  const [row, ...others] = rows;
  if (others.length > 0) throw new Error(`the statement answered ${rows.length} rows; let it answer one`);
  if (row === undefined) return undefined;
  const columns: readonly unknown[] = typeof row === 'object' && row !== null ? Object.values(row) : [row];
  const [value] = columns;
  if (columns.length !== 1) throw tooMany(columns.length);
  if (value === undefined || value === null) return undefined;
  // Clients give numbers that may be longer than a double as text.
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (typeof value === 'boolean' || typeof value === 'object' || !Number.isFinite(number))
    throw new TypeError(`the statement answered a value of type ${typeof value} that is no number`);
  return number;
};

const tooMany = (columns: number): Error => new Error(`the statement answered ${columns} columns; let it answer one`);
