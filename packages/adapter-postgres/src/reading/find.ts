import type { TaskKey, TaskRecord } from '@reeve/core';
import type { Session } from '../connection/database.ts';
import { type TaskRow, toRecord } from '../rows.ts';
import type { SchemaName } from '../schema/names.ts';
import { STANDINGS, selectStanding } from './standings.ts';

/** One statement, so that a task that moves meanwhile is seen where it was or where it is, and in one place. */
export const findQuery = (schema: SchemaName): string => {
  const known = 'known.labourer = $2::text';
  const standings = [
    selectStanding(schema, STANDINGS.history, 'p.seq = known.seq'),
    selectStanding(schema, STANDINGS.again, 'p.id = known.id'),
    selectStanding(schema, STANDINGS.slot, 'p.labourer = known.labourer AND p.id = known.id AND p.token IS NOT NULL'),
    selectStanding(schema, STANDINGS.lapsed, 'p.id = known.id'),
    selectStanding(schema, STANDINGS.ready, 'p.labourer = known.labourer AND p.due = known.due AND p.seq = known.seq'),
  ];
  return `
    SELECT found.* FROM (SELECT id, labourer, seq, due FROM ${schema.quoted}.task WHERE id = $1::text) known,
    LATERAL (${standings.join('\n    UNION ALL ')}) found
    WHERE ${known}`;
};

export const find = async (session: Session, schema: SchemaName, { id, labourer }: TaskKey): Promise<TaskRecord | undefined> => {
  const [row] = await session.query<TaskRow>(findQuery(schema), [id, labourer]);
  return row && toRecord(row);
};
