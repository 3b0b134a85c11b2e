import type { Lease } from '@reeve/core';
import { arrayText } from '../connection/array-text.ts';
import type { Session } from '../connection/database.ts';
import { type LeaseRow, toLease } from '../rows.ts';
import type { SchemaName } from '../schema/names.ts';

/**
 * Expired attempts are in their places, which are as many as the caps, or have lapsed, where an index has them by deadline.
 * The oldest are chosen first, so that payloads are read of the chosen only.
 */
export const expiredQuery = ({ quoted: s }: SchemaName): string => `
  SELECT e.*, t.payload, t.created_at, t.key
  FROM (
    SELECT p.* FROM (SELECT DISTINCT u.labourer FROM unnest($1::text[]) AS u (labourer)) l,
      (SELECT ${s}.now_ms() AS now OFFSET 0) clock,
      LATERAL (
        (SELECT s.id, s.labourer, s.token, s.seq, s.attempts, s.due, s.claimed_at, s.deadline FROM ${s}.slot s
         WHERE s.labourer = l.labourer AND s.token IS NOT NULL AND s.deadline <= now
         ORDER BY s.deadline, s.seq LIMIT $2::bigint)
        UNION ALL
        (SELECT p.id, p.labourer, p.token, p.seq, p.attempts, p.due, p.claimed_at, p.deadline FROM ${s}.lapsed p
         WHERE p.labourer = l.labourer
         ORDER BY p.deadline, p.seq LIMIT $2::bigint)
      ) p
    ORDER BY p.deadline, p.seq LIMIT $2::bigint
  ) e
  JOIN ${s}.task t ON t.id = e.id
  ORDER BY e.deadline, e.seq`;

export const expired = async (session: Session, schema: SchemaName, labourers: readonly string[], limit: number): Promise<Lease[]> =>
  (await session.query<LeaseRow>(expiredQuery(schema), [arrayText(labourers), limit])).map(toLease);
