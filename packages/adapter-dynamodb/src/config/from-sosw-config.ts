import { configFault, type Problem } from '@reeve/core';
import { defaultTables, type GreenfieldTables } from './greenfield-tables.ts';
import { readFields } from './sosw-fields.ts';
import { shown, soswShape } from './sosw-shape.ts';

/** DynamoDB's rule for the names of tables and indexes; a table may also be named by its ARN. */
const NAME = /^[A-Za-z0-9_.-]{3,255}$/;
const ARN = /^arn:[a-z0-9-]+:dynamodb:[a-z0-9-]+:\d{12}:table\/[A-Za-z0-9_.-]{3,255}$/;
/** A greenfield is queued or running by its distance from now; below this the two would meet. In seconds. */
const LEAST_DELTA = 86_400;

/**
 * Reads where sosw's tables are from sosw's own configuration: `TASKS_TABLE_CONFIG`, `TASK_CLIENT_CONFIG` or
 * `ORCHESTRATOR_CONFIG`, as an object or as JSON text. What is left out is as in sosw's defaults; keys that say nothing about
 * tables are left alone.
 * @returns a new object
 * @throws ReeveError INVALID_TABLES_CONFIG that lists all that is wrong
 */
export const fromSoswConfig = (config: object | string): GreenfieldTables => {
  const problems: Problem[] = [];
  const { client, pathOf, table, tablePath } = soswShape(config, problems);
  const names = defaultTables();
  const name = (value: unknown, path: string, fallback: string, rules: readonly RegExp[]): string => {
    if (value === undefined) return fallback;
    if (typeof value === 'string' && rules.some((rule) => rule.test(value))) return value;
    problems.push({ path, problem: `${shown(value)} names nothing in DynamoDB; give 3 to 255 letters, digits, "_", "-" or "."` });
    return fallback;
  };
  const ofClient = (key: string, fallback: string, rules: readonly RegExp[]): string => name(client[key], pathOf(key), fallback, rules);
  const ofTable = (key: string, fallback: string, rules: readonly RegExp[]): string => name(table[key], tablePath + key, fallback, rules);
  const tables: GreenfieldTables = {
    tasks: ofTable('table_name', names.tasks, [NAME, ARN]),
    closed: ofClient('sosw_closed_tasks_table', names.closed, [NAME, ARN]),
    retry: ofClient('sosw_retry_tasks_table', names.retry, [NAME, ARN]),
    greenfieldIndex: ofTable('index_greenfield', names.greenfieldIndex, [NAME]),
    closedIndex: ofClient('sosw_closed_tasks_labourer_status_index', names.closedIndex, [NAME]),
    retryIndex: ofClient('sosw_retry_tasks_greenfield_index', names.retryIndex, [NAME]),
    fields: readFields(table, tablePath, problems),
    invocationDelta: delta(client['greenfield_invocation_delta'], pathOf('greenfield_invocation_delta'), names.invocationDelta, problems),
  };
  sameTable(tables, problems);
  if (problems.length > 0) throw configFault(problems, "sosw's table configuration cannot be used:", 'INVALID_TABLES_CONFIG');
  return tables;
};

const delta = (value: unknown, path: string, fallback: number, problems: Problem[]): number => {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= LEAST_DELTA) return value;
  problems.push({
    path,
    problem: `${shown(value)} is not a whole number of seconds, a day (${LEAST_DELTA}) or more; give what the running sosw has, ${fallback} by default`,
  });
  return fallback;
};

/** Two tables of one name would overwrite each other's rows. */
const sameTable = ({ tasks, closed, retry }: GreenfieldTables, problems: Problem[]): void => {
  const pairs = [
    ['sosw_closed_tasks_table', closed, 'the tasks table', tasks],
    ['sosw_retry_tasks_table', retry, 'the tasks table', tasks],
    ['sosw_retry_tasks_table', retry, 'the closed tasks table', closed],
  ] as const;
  for (const [path, value, what, other] of pairs) {
    if (value === other) problems.push({ path, problem: `${shown(value)} is ${what} too; give each table a name of its own` });
  }
};
