import type { End, EndRef, JsonText } from '@reeve/core';
import { arrayText } from '../connection/array-text.ts';
import type { Session } from '../connection/database.ts';
import type { SchemaName } from '../schema/names.ts';

interface EndRow {
  readonly id: string;
  readonly labourer: string;
  readonly state: End['state'];
  readonly ended_at: string;
  readonly follow: string;
  readonly result: string | null;
}

export const outboxQuery = ({ quoted }: SchemaName): string => `SELECT * FROM ${quoted}.outbox($1::text[], $2::bigint)`;

export const takeOutQuery = ({ quoted }: SchemaName): string => `SELECT ${quoted}.take_out($1::text[], $2::text[], $3::bigint[])`;

export const outbox = async (session: Session, schema: SchemaName, labourers: readonly string[], limit: number): Promise<End[]> => {
  const rows = await session.query<EndRow>(outboxQuery(schema), [arrayText(labourers), limit]);
  return rows.map(({ id, labourer, state, ended_at, follow, result }) => ({
    id,
    labourer,
    state,
    endedAt: Number(ended_at),
    follow: follow as JsonText,
    ...(state === 'completed' && result !== null && { result: result as JsonText }),
  }));
};

export const takeOut = async (session: Session, schema: SchemaName, ends: readonly EndRef[]): Promise<void> => {
  if (ends.length === 0) return;
  await session.query(takeOutQuery(schema), [
    arrayText(ends.map(({ labourer }) => labourer)),
    arrayText(ends.map(({ id }) => id)),
    arrayText(ends.map(({ endedAt }) => endedAt)),
  ]);
};
