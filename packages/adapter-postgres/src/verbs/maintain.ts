import type { MaintenanceReport, Millis } from '@reeve/core';
import { arrayText } from '../connection/array-text.ts';
import type { Session } from '../connection/database.ts';
import type { SchemaName } from '../schema/names.ts';

/** The most tasks that one call forgets. */
const PAGE = 1_000;

export const forgetQuery = ({ quoted }: SchemaName): string => `SELECT ${quoted}.forget($1::text[], $2::bigint, $3::integer) AS purged`;

/** Crashes leave nothing to repair: a transaction that did not commit never was. So only the forgetting is left to do. */
export const maintain = async (
  session: Session,
  schema: SchemaName,
  labourers: readonly string[],
  keep: Millis,
): Promise<MaintenanceReport> => {
  if (labourers.length === 0) return { done: { purged: 0 }, more: false };
  const [row] = await session.query<{ readonly purged: number }>(forgetQuery(schema), [arrayText([...new Set(labourers)]), keep, PAGE]);
  const purged = row?.purged ?? 0;
  return { done: { purged }, more: purged === PAGE };
};
