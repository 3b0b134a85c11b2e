import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReeveError } from '@reeve/core';
import type { GreenfieldTables } from '../config/greenfield-tables.ts';
import { nativeTableDefinition, type TableDefinition, tableDefinitions } from './definitions.ts';
import { describeTable } from './describe.ts';
import { mismatches } from './mismatches.ts';
import { timeToLiveNote } from './time-to-live.ts';

export interface TablesReport {
  /** What works but should be known, a sentence each: a table whose ended rows never expire. */
  readonly notes: readonly string[];
}

/**
 * Looks whether the tables are what the store and a running sosw need: there, active, keys and indexes of the right names
 * and types, and enough attributes in the indexes. Reads descriptions only; changes nothing.
 * @throws ReeveError TABLES_MISMATCH that lists all that differs; CREDENTIALS_MISSING, REGION_MISSING, STORE_DENIED or
 * STORE_UNREACHABLE if the tables could not be looked at
 */
export const verifyTables = (client: DynamoDBClient, tables: GreenfieldTables): Promise<TablesReport> =>
  verifyDefined(client, tableDefinitions(tables), SOSW);

/**
 * Looks whether the table of the native layout is as the store needs it: there, active, with its two keys. Changes nothing.
 * @throws ReeveError as `verifyTables`
 */
export const verifyNativeTable = (client: DynamoDBClient, table: string): Promise<TablesReport> =>
  verifyDefined(client, [nativeTableDefinition(table)], NATIVE);

/** For the message: what the tables are not, and what makes them. */
interface Wording {
  readonly opening: string;
  readonly remedy: string;
}

export const SOSW: Wording = {
  opening: "the tables in DynamoDB are not what sosw's layout needs:",
  remedy: 'createTables makes tables that are missing',
};
export const NATIVE: Wording = {
  opening: 'the table in DynamoDB is not what the native layout needs:',
  remedy: 'createNativeTable makes it if it is missing',
};

export const verifyDefined = async (
  client: DynamoDBClient,
  definitions: readonly TableDefinition[],
  wording: Wording,
): Promise<TablesReport> => {
  const problems = await Promise.all(definitions.map(async (each) => mismatches(each, await describeTable(client, each.name))));
  if (problems.flat().length > 0) throw fault(problems.flat(), wording);
  const notes = await Promise.all(
    definitions.map(async ({ name, ttl }) => (ttl === undefined ? undefined : timeToLiveNote(client, name, ttl))),
  );
  return { notes: notes.filter((each) => each !== undefined) };
};

const fault = (problems: readonly string[], { opening, remedy }: Wording): ReeveError =>
  new ReeveError({
    kind: 'config',
    code: 'TABLES_MISMATCH',
    message: [
      opening,
      ...problems.map((each) => `- ${each}`),
      `Compare the names with your configuration, account and region; ${remedy}, and a wrong key needs a new table.`,
    ].join('\n'),
  });
