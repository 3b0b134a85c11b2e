import { ReeveError } from '@reeve/core';
import { expect, test } from 'vitest';
import { fromSoswConfig } from '../../src/config/from-sosw-config.ts';
import { defaultTables } from '../../src/config/greenfield-tables.ts';
import { ORCHESTRATOR_CONFIG, TASK_CLIENT_CONFIG, TASKS_TABLE_CONFIG } from './sosw-configs.ts';

const fault = (config: object | string): ReeveError => {
  try {
    fromSoswConfig(config);
  } catch (error) {
    if (ReeveError.is(error, 'INVALID_TABLES_CONFIG')) return error;
    throw error;
  }
  throw new Error('accepted');
};
const problems = (config: object | string): readonly string[] =>
  fault(config)
    .message.split('\n')
    .filter((line) => line.startsWith('  '))
    .map((line) => line.slice(2).replace(/ \[INVALID_TABLES_CONFIG\]$/, ''));
const clone = <T>(value: T): T => structuredClone(value);

test.each([
  ['TASKS_TABLE_CONFIG', TASKS_TABLE_CONFIG],
  ['TASK_CLIENT_CONFIG', TASK_CLIENT_CONFIG],
  ['ORCHESTRATOR_CONFIG', ORCHESTRATOR_CONFIG],
  ['the key that the Scheduler has for it', { init_clients: [], task_client_config: TASK_CLIENT_CONFIG }],
  ['nothing', {}],
])('%s as it stands, as object and as JSON, is sosw by default', (_, config) => {
  expect(fromSoswConfig(config)).toEqual(defaultTables());
  expect(fromSoswConfig(JSON.stringify(config))).toEqual(defaultTables());
});

test("the user's own names of tables, indexes and attributes, from whichever level", () => {
  const table = {
    ...TASKS_TABLE_CONFIG,
    table_name: 'autotest_tasks',
    index_greenfield: 'by_field',
    field_names: { task_id: 'id', labourer_id: 'fn', greenfield: 'gf', arn: 'where' },
    row_mapper: { id: 'S', fn: 'S', gf: 'N', customer: 'M', created_at: 'N' },
    required_fields: ['id', 'fn', 'created_at', 'gf', 'payload'],
  };
  const client = {
    ...TASK_CLIENT_CONFIG,
    dynamo_db_config: table,
    sosw_closed_tasks_table: 'closed',
    sosw_retry_tasks_table: 'arn:aws:dynamodb:eu-west-1:123456789012:table/retry',
    sosw_closed_tasks_labourer_status_index: 'by_status',
    sosw_retry_tasks_greenfield_index: 'by_launch',
    greenfield_invocation_delta: 10_000_000,
  };
  const fields = { ...defaultTables().fields, task_id: 'id', labourer_id: 'fn', greenfield: 'gf' };
  const whole = {
    tasks: 'autotest_tasks',
    closed: 'closed',
    retry: 'arn:aws:dynamodb:eu-west-1:123456789012:table/retry',
    greenfieldIndex: 'by_field',
    closedIndex: 'by_status',
    retryIndex: 'by_launch',
    fields,
    invocationDelta: 10_000_000,
  };
  expect(fromSoswConfig({ task_config: client })).toEqual(whole);
  expect(fromSoswConfig(client)).toEqual(whole);
  expect(fromSoswConfig(table)).toEqual({ ...defaultTables(), tasks: 'autotest_tasks', greenfieldIndex: 'by_field', fields });
});

test('settings that stand beside task_config count for what it leaves out, and are named where they stand', () => {
  const config = {
    dynamo_db_config: { table_name: 'beside', index_greenfield: 'by_field', required_fields: ['task_id'] },
    sosw_closed_tasks_table: 'closed_beside',
    sosw_retry_tasks_table: 'retry_beside',
    greenfield_invocation_delta: 10_000_000,
    task_config: { dynamo_db_config: { table_name: 'within', required_fields: ['greenfield'] }, sosw_closed_tasks_table: 'closed_within' },
  };
  expect(fromSoswConfig(config)).toEqual({
    ...defaultTables(),
    tasks: 'within',
    greenfieldIndex: 'by_field',
    closed: 'closed_within',
    retry: 'retry_beside',
    invocationDelta: 10_000_000,
  });
  expect(problems({ ...config, greenfield_invocation_delta: 1, task_config: { sosw_closed_tasks_table: '' } })).toEqual([
    expect.stringMatching(/^task_config\.sosw_closed_tasks_table: ""/),
    expect.stringMatching(/^greenfield_invocation_delta: 1 is not/),
  ]);
});

test('keys that say nothing about tables are left alone, and the argument is not changed', () => {
  const config = { ...clone(ORCHESTRATOR_CONFIG), invocation_number_coefficient: { '0': 0 }, our_own: { any: 'thing' } };
  const before = JSON.stringify(config);
  expect(fromSoswConfig(config)).toEqual(defaultTables());
  expect(JSON.stringify(config)).toBe(before);
});

test('all that is wrong at once, each with its path, value and remedy', () => {
  const found = problems({
    task_config: {
      dynamo_db_config: {
        table_name: 7,
        index_greenfield: 'a b',
        field_names: { task_id: '', labourer_id: 'same', greenfield: 'same', attempts: 'stat_attempts' },
        row_mapper: { payload: 'M', created_at: 'NUMBER' },
        required_fields: ['task_id', 'customer'],
      },
      sosw_closed_tasks_table: 'same_table',
      sosw_retry_tasks_table: 'same_table',
      greenfield_invocation_delta: '31557600',
    },
  });
  expect(found).toEqual([
    'task_config.dynamo_db_config.table_name: 7 names nothing in DynamoDB; give 3 to 255 letters, digits, "_", "-" or "."',
    'task_config.dynamo_db_config.index_greenfield: "a b" names nothing in DynamoDB; give 3 to 255 letters, digits, "_", "-" or "."',
    'task_config.dynamo_db_config.field_names.task_id: "" is no attribute\'s name; give the one in your table',
    'task_config.dynamo_db_config.field_names.attempts: "stat_attempts" begins like the attributes for results (stat_, result_) or of Reeve (reeve_, @); rename it',
    'task_config.dynamo_db_config.field_names.greenfield: "same" is the name of labourer_id too; give each an attribute of its own',
    'task_config.dynamo_db_config.row_mapper.payload: "M", but sosw keeps payload as S; give S, and a table that has it so',
    'task_config.dynamo_db_config.row_mapper.created_at: "NUMBER" is no type of DynamoDB; give N',
    expect.stringMatching(/required_fields\[1\]: "customer" is not among what a new task has \(task_id, .*; leave it out$/),
    expect.stringMatching(/greenfield_invocation_delta: "31557600" is not a whole number of seconds/),
    'sosw_retry_tasks_table: "same_table" is the closed tasks table too; give each table a name of its own',
  ]);
  expect(fault({ table_name: '' })).toMatchObject({ kind: 'config', docs: 'docs/errors/invalid-tables-config.md' });
});

test('a renamed attribute is checked under its own name, a swap of names is none', () => {
  expect(problems({ field_names: { greenfield: 'gf' }, row_mapper: { gf: 'S' } })).toEqual([
    expect.stringContaining('row_mapper.gf: "S", but sosw keeps greenfield as N'),
  ]);
  expect(fromSoswConfig({ field_names: { task_id: 'payload', payload: 'task_id' } }).fields).toMatchObject({
    task_id: 'payload',
    payload: 'task_id',
  });
});

test.each([
  ['{"table_name": ', /^config: a text of 15 characters that is not JSON/],
  ['[]', /^config: a list of 0 is not an object/],
  [[1, 2] as object, /^config: a list of 2 is not an object/],
  [{ colour: 'red' }, /^config: none of its keys \(colour\) is one of sosw's/],
  [{ task_config: [] }, /^task_config: a list of 0 is not an object/],
  [{ task_config: {}, task_client_config: {} }, /^task_client_config: stands beside task_config/],
  [{ dynamo_db_config: 'sosw_tasks' }, /^dynamo_db_config: "sosw_tasks" is not an object/],
  [{ field_names: null }, /^field_names: null is not an object/],
  [{ required_fields: 'task_id' }, /^required_fields: "task_id" is not a list/],
  [{ greenfield_invocation_delta: 1200 }, /^greenfield_invocation_delta: 1200 is not/],
  [{ table_name: 'x'.repeat(300) }, /^table_name: "x{56}\.\.\. names nothing/],
  [{ table_name: 'sosw_closed_tasks' }, /^sosw_closed_tasks_table: "sosw_closed_tasks" is the tasks table too/],
])('%j is refused', (config, message) => {
  expect(problems(config)).toEqual([expect.stringMatching(message)]);
});
