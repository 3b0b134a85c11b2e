import { configFault } from '@reeve/core';
import { schemaSql } from './schema/migrate.ts';
import { quoteSchema, schemaProblem } from './schema/names.ts';

/**
 * The SQL that makes the schema, for whoever runs migrations by hand and starts with `atStart: 'verify'`.
 * @throws ReeveError INVALID_POSTGRES_STORE for a name that cannot be
 */
export const postgresSchema = (schema: string = 'reeve'): string => {
  const problem = schemaProblem(schema);
  if (problem !== undefined) throw configFault([{ path: 'schema', problem }], 'There is no such schema:', 'INVALID_POSTGRES_STORE');
  return schemaSql(quoteSchema(schema));
};
