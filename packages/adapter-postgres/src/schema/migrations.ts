import { additions } from './additions.ts';
import { claimFunctions } from './claim-function.ts';
import { enqueueFunctions } from './enqueue-functions.ts';
import { exchangeFunctions } from './exchange-function.ts';
import { forgetFunctions } from './forget-function.ts';
import { keyedTable } from './keyed-table.ts';
import type { SchemaName } from './names.ts';
import { operatorFunctions } from './operator-functions.ts';
import { outboxFunctions } from './outbox-functions.ts';
import { registerFunction } from './register-function.ts';
import { renewFunctions } from './renew-function.ts';

import { settleFunction } from './settle-function.ts';
import { smallFunctions, tables } from './tables.ts';
import { tidyFunctions } from './tidy-functions.ts';

/** The tables, one step per version: step n takes them from version n to n + 1. A published step is never edited. */
export const MIGRATIONS: readonly ((schema: SchemaName) => string)[] = [tables, additions, keyedTable];

export const SCHEMA_VERSION: number = MIGRATIONS.length;

const FUNCTIONS = [
  smallFunctions,
  enqueueFunctions,
  settleFunction,
  tidyFunctions,
  claimFunctions,
  exchangeFunctions,
  renewFunctions,
  forgetFunctions,
  operatorFunctions,
  registerFunction,
  outboxFunctions,
];

/**
 * All functions as this version has them, put in the place of whatever is there after the last step. A process of the version before goes on
 * calling those that it knows: so what a function takes and answers stays as it was, or it gets a new name or other arguments beside the old.
 */
export const functions = (schema: SchemaName): string => FUNCTIONS.map((part) => part(schema)).join('\n');

/** Says that a schema is ours, and of which version. */
export const metaTable = ({ quoted: s }: SchemaName): string => `
CREATE TABLE ${s}.meta (
  product text PRIMARY KEY CHECK (product = 'reeve'),
  version integer NOT NULL
);
INSERT INTO ${s}.meta VALUES ('reeve', 0);
`;
