import { claimFunction } from './claim-function.ts';
import { enqueueFunctions } from './enqueue-functions.ts';
import { exchangeFunction } from './exchange-function.ts';
import { forgetFunction } from './forget-function.ts';
import type { SchemaName } from './names.ts';
import { renewFunction } from './renew-function.ts';
import { settleFunction } from './settle-function.ts';
import { smallFunctions, tables } from './tables.ts';

const PARTS = [tables, smallFunctions, enqueueFunctions, settleFunction, claimFunction, exchangeFunction, renewFunction, forgetFunction];

/**
 * The schema, one step per version: step n takes it from version n to n + 1. A published step is never edited, and a function that a
 * later version changes gets a new name: processes of the version before go on calling the old one.
 */
export const MIGRATIONS: readonly ((schema: SchemaName) => string)[] = [(schema) => PARTS.map((part) => part(schema)).join('\n')];

export const SCHEMA_VERSION: number = MIGRATIONS.length;

/** Says that a schema is ours, and of which version. */
export const metaTable = ({ quoted: s }: SchemaName): string => `
CREATE TABLE ${s}.meta (
  product text PRIMARY KEY CHECK (product = 'reeve'),
  version integer NOT NULL
);
INSERT INTO ${s}.meta VALUES ('reeve', 0);
`;
