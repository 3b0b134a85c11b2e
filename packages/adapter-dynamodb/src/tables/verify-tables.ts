import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReeveError } from '@reeve/core';
import type { GreenfieldTables } from '../config/greenfield-tables.ts';
import { tableDefinitions } from './definitions.ts';
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
export const verifyTables = async (client: DynamoDBClient, tables: GreenfieldTables): Promise<TablesReport> => {
  const definitions = tableDefinitions(tables);
  const problems = await Promise.all(definitions.map(async (each) => mismatches(each, await describeTable(client, each.name))));
  if (problems.flat().length > 0) throw fault(problems.flat());
  const notes = await Promise.all(definitions.filter((each) => each.ttl).map((each) => timeToLiveNote(client, each.name)));
  return { notes: notes.filter((each) => each !== undefined) };
};

const fault = (problems: readonly string[]): ReeveError =>
  new ReeveError({
    kind: 'config',
    code: 'TABLES_MISMATCH',
    message: [
      "the tables in DynamoDB are not what sosw's layout needs:",
      ...problems.map((each) => `- ${each}`),
      'Compare the names with your configuration, account and region; createTables makes tables that are missing, and a wrong key needs a new table.',
    ].join('\n'),
  });
