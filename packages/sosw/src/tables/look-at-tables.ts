import { DescribeTableCommand, type DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb';
import { type GreenfieldTables, verifyTables } from '@reeve/adapter-dynamodb';
import { ReeveError } from '@reeve/core';
import type { Notebook } from '../report/finding.ts';
import { judgeClock } from './judge-clock.ts';

/** DynamoDB's answer, and when it was given by DynamoDB's own clock. */
interface Described {
  readonly table: TableDescription | undefined;
  readonly date: string | undefined;
}

/**
 * @param now this machine's clock, to be compared with DynamoDB's. Absent: it is not
 * @returns the requests that were made
 */
export const lookAtTables = async (
  client: DynamoDBClient,
  tables: GreenfieldTables,
  now: (() => number) | undefined,
  notes: Notebook,
): Promise<number> => {
  try {
    const { notes: known } = await verifyTables(client, tables);
    notes.ok(
      'TABLES',
      [tables.tasks, tables.closed, tables.retry].join(', '),
      'keys, indexes and their attributes are as the store needs them',
    );
    for (const each of known) {
      const [where, what] = split(each);
      notes.note('TABLES', where, what);
    }
  } catch (error) {
    sayProblems(error, notes);
  }
  for (const name of [tables.tasks, tables.closed, tables.retry]) {
    const described = await describe(client, name);
    if (name === tables.tasks && now && described.date !== undefined) judgeClock(now(), Date.parse(described.date), notes);
    judgeCapacity(described.table, name, notes);
  }
  return REQUESTS;
};

/** Three and two by `verifyTables`, three here. */
const REQUESTS = 8;

const sayProblems = (error: unknown, notes: Notebook): void => {
  if (!ReeveError.is(error, 'TABLES_MISMATCH')) throw error;
  for (const line of error.message.split('\n').filter((each) => each.startsWith('- '))) {
    const [where, what] = split(line.slice(2));
    notes.fail(
      'TABLES_MISMATCH',
      where,
      what,
      'compare names, account and region with the configuration; createTables makes a table that is missing, and a wrong key needs a new table',
    );
  }
};

const split = (line: string): readonly [string, string] => {
  const at = line.indexOf(': ');
  return at < 0 ? ['tables', line] : [line.slice(0, at), line.slice(at + 2)];
};

/** `undefined`: there is no such table, or it may not be looked at, and either has been said. */
const describe = async (client: DynamoDBClient, TableName: string): Promise<Described> => {
  const command = new DescribeTableCommand({ TableName });
  let date: string | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { headers } = answer.response as { readonly headers?: Readonly<Record<string, string>> };
      date = headers?.['date'];
      return answer;
    },
    { step: 'deserialize' },
  );
  try {
    return { table: (await client.send(command)).Table, date };
  } catch {
    return { table: undefined, date };
  }
};

/** What sosw's own templates have: enough to try it out. */
const judgeCapacity = (table: TableDescription | undefined, name: string, notes: Notebook): void => {
  const all = [table, ...(table?.GlobalSecondaryIndexes ?? [])];
  const least = Math.min(...all.map((each) => each?.ProvisionedThroughput?.WriteCapacityUnits || Number.POSITIVE_INFINITY));
  if (!Number.isFinite(least) || table?.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST') return;
  notes.note(
    'PROVISIONED',
    name,
    `it is provisioned with ${least} write units a second, at its narrowest; a task's life takes about ten in all tables together`,
    'see that this is enough, or bill by request: UpdateTable with BillingMode PAY_PER_REQUEST',
  );
};
