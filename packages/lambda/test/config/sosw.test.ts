/** sosw's table of configurations as it stands, in a real DynamoDB. */
import { CreateTableCommand, DynamoDB, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { fromEnv, fromSoswConfig, loadConfig } from '../../src/index.ts';
import { testDynamoDb } from '../support/dynamodb.ts';

const db = testDynamoDb();
let table: string;
let client: DynamoDB;
beforeEach(async () => {
  table = `${db.prefix()}config`;
  client = new DynamoDB({ endpoint: db.url, ...TEST_CREDENTIALS });
  onTestFinished(() => client.destroy());
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['env', 'config_name'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'env', KeyType: 'HASH' },
        { AttributeName: 'config_name', KeyType: 'RANGE' },
      ],
    }),
  );
});
const put = async (name: string, value: unknown, env = 'production'): Promise<void> => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  await client.send(
    new PutItemCommand({ TableName: table, Item: { env: { S: env }, config_name: { S: name }, config_value: { S: text } } }),
  );
};
const source = (functionName = 'sosw_orchestrator', env?: string): ReturnType<typeof fromSoswConfig> =>
  fromSoswConfig({ table, functionName, client, ...(env !== undefined && { env }) });

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:mill';
const TASKS = {
  row_mapper: { task_id: 'S', labourer_id: 'S', greenfield: 'N', attempts: 'N', closed_at: 'N', completed_at: 'N', payload: 'S' },
  required_fields: ['task_id', 'labourer_id', 'created_at', 'greenfield'],
  table_name: 'autotest_sosw_tasks',
  index_greenfield: 'sosw_tasks_greenfield',
};
const HEALTH = {
  'orders-cpu': {
    details: {
      Name: 'CPUUtilization',
      Namespace: 'AWS/RDS',
      Period: 60,
      Statistics: ['Average'],
      Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'orders' }],
    },
    feelings: { 3: 50, 4: 25 },
    feeling_comparison_operator: '<=',
  },
};

it("the function's own over what essentials share, as a composition", async () => {
  await put('sosw_essential_config', {
    task_config: {
      dynamo_db_config: TASKS,
      sosw_closed_tasks_table: 'autotest_sosw_closed_tasks',
      sosw_retry_tasks_table: 'autotest_sosw_retry_tasks',
      max_attempts: 5,
      ecology_config: {},
      labourers: {
        mill: { arn: ARN, max_simultaneous_invocations: 3, health_metrics: HEALTH },
        bakery: { arn: ARN, max_simultaneous_invocations: 1 },
      },
    },
  });
  await put('sosw_orchestrator_config', { task_config: { labourers: { mill: { max_simultaneous_invocations: 7, duration: 60 } } } });
  const loaded = await loadConfig({ sources: [source(), fromEnv({ env: { REEVE_LABOURERS__bakery__maxSimultaneousInvocations: '2' } })] });
  expect(loaded.value).toMatchObject({
    labourers: {
      mill: {
        target: ARN,
        maxSimultaneousInvocations: 7,
        maxAttempts: 5,
        lease: { duration: 60_000 },
        health: { metrics: HEALTH },
        options: { message: 'sosw' },
      },
      bakery: { maxSimultaneousInvocations: 2 },
    },
    store: { tables: { tasks: 'autotest_sosw_tasks', closed: 'autotest_sosw_closed_tasks', retry: 'autotest_sosw_retry_tasks' } },
  });
  expect(loaded.sourceOf(['labourers', 'mill', 'target'])).toContain('sosw_orchestrator_config over sosw_essential_config');
  const whole = await loadConfig({
    sources: [source(), fromEnv({ env: { REEVE_STORE__region: 'eu-west-1', REEVE_INVOKER__region: 'eu-west-1' } })],
  });
  const reeve = await whole.reeve();
  expect(reeve.labourers.map(({ id, cap }) => [id, cap])).toEqual([
    ['mill', 7],
    ['bakery', 1],
  ]);
  await reeve.close();
});

it("the Scheduler's, whose TaskManager has another name, with its schema of jobs", async () => {
  await put('sosw_essential_config', {
    task_config: { labourers: { mill: { arn: ARN } } },
    task_client_config: { labourers: { bakery: { arn: ARN } }, dynamo_db_config: TASKS },
  });
  await put('sosw_scheduler_config', { job_schema: { chunkable_attrs: ['section', 'store'] }, queue_bucket: 'some-bucket' });
  const { value } = await loadConfig({ sources: [source('sosw_scheduler')] });
  expect(value).toMatchObject({
    labourers: { mill: { target: ARN }, bakery: { target: ARN } },
    jobs: { job_schema: { chunkable_attrs: ['section', 'store'] } },
    store: { tables: { tasks: 'autotest_sosw_tasks' } },
  });
  expect(value).not.toHaveProperty('queue_bucket');
});

it('lists are joined, and what is in both stands once', async () => {
  await put('sosw_essential_config', { dynamo_db_config: TASKS, job_schema: { chunkable_attrs: ['a', 'b'] } });
  await put('f_config', { job_schema: { chunkable_attrs: ['b', 'c'] } });
  expect((await loadConfig({ sources: [source('f')] })).value).toMatchObject({
    jobs: { job_schema: { chunkable_attrs: ['a', 'b', 'c'] } },
  });
});

it('one of the two rows is enough, of the environment that is asked for', async () => {
  await put('f_config', { labourers: { mill: { arn: ARN } } }, 'dev');
  expect((await loadConfig({ sources: [source('f', 'dev')] })).value).toMatchObject({ labourers: { mill: { target: ARN } } });
  await expect(loadConfig({ sources: [source('f')] })).rejects.toThrow(
    /production: f_config over sosw_essential_config\) has none of these rows.*INVALID_CONFIG/,
  );
});

it('what is wrong with a row names it, without its content', async () => {
  await put('f_config', '{the-secret');
  await expect(loadConfig({ sources: [source('f')] })).rejects.toThrow(
    /^f_config in sosw's .*config \(production\) is a text of 11 characters that is not JSON/,
  );
  await put('f_config', '"a text"');
  await expect(loadConfig({ sources: [source('f')] })).rejects.toThrow(/is no object/);
  await put('f_config', { labourers: [], dynamo_db_config: { table_name: '!' } });
  await expect(loadConfig({ sources: [source('f')] })).rejects.toThrow(/labourers: [\s\S]*\(from sosw's .*config/);
});
