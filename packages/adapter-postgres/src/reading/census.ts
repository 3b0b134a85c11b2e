import type { Census } from '@reeve/core';
import { arrayText } from '../connection/array-text.ts';
import type { Session } from '../connection/database.ts';
import type { SchemaName } from '../schema/names.ts';

/** Counting walks an index; it stops here, so that a census costs the same whatever the backlog. */
const BOUND = 100_000;

export const censusQuery = ({ quoted: s }: SchemaName): string => {
  const bounded = (table: string, condition: string): string =>
    `(SELECT count(*) FROM (SELECT FROM ${s}.${table} p WHERE p.labourer = l.labourer AND ${condition} LIMIT $2::integer) b)`;
  return `
  SELECT (${bounded('ready', 'p.due <= now')} + ${bounded('again', 'p.due <= now')})::integer AS due,
         (${bounded('ready', 'p.due > now')} + ${bounded('again', 'p.due > now')})::integer AS waiting,
         ${bounded('slot', 'p.token IS NOT NULL AND p.deadline > now')}::integer AS running,
         (${bounded('slot', 'p.token IS NOT NULL AND p.deadline <= now')} + ${bounded('lapsed', 'true')})::integer AS expired
  FROM unnest($1::text[]) WITH ORDINALITY AS l (labourer, n), (SELECT ${s}.now_ms() AS now OFFSET 0) clock
  ORDER BY l.n`;
};

export const census = async (
  session: Session,
  schema: SchemaName,
  labourers: readonly string[],
  bound: number = BOUND,
): Promise<Census[]> => {
  const rows = await session.query<Omit<Census, 'atLeast'>>(censusQuery(schema), [arrayText(labourers), bound]);
  return rows.map(({ due, waiting, running, expired }) => {
    const counts = { due: Math.min(due, bound), waiting: Math.min(waiting, bound), running, expired: Math.min(expired, bound) };
    return Object.values(counts).some((count) => count >= bound) ? { ...counts, atLeast: true } : counts;
  });
};
