import type { Change, Entry, JsonText, Looked, Written, Wrote } from '@reeve/core';
import { arrayText } from '../connection/array-text.ts';
import type { Session } from '../connection/database.ts';
import type { SchemaName } from '../schema/names.ts';

interface EntryRow {
  readonly value: string | null;
  readonly stamp: string | null;
  readonly at: string;
}

interface ChangeRow extends EntryRow {
  readonly n: number;
  readonly written: boolean;
}

/** The instant comes also when no name is asked for. */
export const lookQuery = ({ quoted: s }: SchemaName): string => `
  SELECT e.value, e.stamp, clock.now AS at
  FROM (SELECT ${s}.now_ms() AS now OFFSET 0) clock
  LEFT JOIN unnest($1::text[]) WITH ORDINALITY AS g (name, n) ON true
  LEFT JOIN ${s}.entry e ON e.name = g.name AND (e.until > clock.now) IS NOT FALSE
  ORDER BY g.n`;

export const changeQuery = ({ quoted: s }: SchemaName): string =>
  `SELECT * FROM ${s}.change($1::text[], $2::text[], $3::text[], $4::bigint[], $5::boolean[], $6::text[]) ORDER BY n`;

export const look = async (session: Session, schema: SchemaName, names: readonly string[]): Promise<Looked> => {
  const rows = await session.query<EntryRow>(lookQuery(schema), [arrayText(names)]);
  return { entries: names.map((_, n) => entryOf(rows[n])), at: Number(rows[0]?.at) };
};

export const change = async (session: Session, schema: SchemaName, changes: readonly Change[]): Promise<Wrote> => {
  if (changes.length === 0) return { outcomes: [], at: (await look(session, schema, [])).at };
  const rows = await session.query<ChangeRow>(changeQuery(schema), [
    arrayText(changes.map(({ name }) => name)),
    arrayText(changes.map(({ value }) => value)),
    arrayText(changes.map(({ stamp }) => stamp)),
    arrayText(changes.map(({ keep }) => keep)),
    arrayText(changes.map(({ expected }) => String(expected !== undefined))),
    arrayText(changes.map(({ expected }) => expected)),
  ]);
  return { outcomes: rows.map(toWritten), at: Math.max(...rows.map(({ at }) => Number(at))) };
};

const toWritten = (row: ChangeRow): Written => {
  if (row.written) return { kind: 'written' };
  const entry = entryOf(row);
  return { kind: 'stale', ...(entry && { entry }) };
};

const entryOf = (row: EntryRow | undefined): Entry | undefined =>
  row && row.value !== null && row.stamp !== null ? { value: row.value as JsonText, stamp: row.stamp } : undefined;
