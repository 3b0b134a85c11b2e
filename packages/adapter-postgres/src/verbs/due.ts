import { arrayText } from '../connection/array-text.ts';
import type { Session } from '../connection/database.ts';
import { firstFreshDue } from '../schema/fresh-head.ts';
import type { SchemaName } from '../schema/names.ts';

/** The first of each queue alone says whether anything is due: two steps into an index for each labourer. */
export const withDueQuery = ({ quoted: s }: SchemaName): string => `
  SELECT l.labourer
  FROM unnest($1::text[]) AS l (labourer), (SELECT ${s}.now_ms() OFFSET 0) AS clock (now)
  WHERE ${firstFreshDue(s, 'l.labourer')} <= now
     OR (SELECT a.due FROM ${s}.again a WHERE a.labourer = l.labourer ORDER BY a.due, a.seq LIMIT 1) <= now`;

export const labourersWithDue = async (session: Session, schema: SchemaName, labourers: readonly string[]): Promise<Set<string>> => {
  const rows = await session.query<{ readonly labourer: string }>(withDueQuery(schema), [arrayText(labourers)]);
  return new Set(rows.map(({ labourer }) => labourer));
};
