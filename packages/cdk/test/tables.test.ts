import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { defaultTables, verifyNativeTable, verifyTables } from '@reeve/adapter-dynamodb';
import { startDynamoDb, TEST_CREDENTIALS } from '@reeve/test-servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOSW_WORDS } from '../src/tables/layouts.ts';
import { deployed, usual } from './fixtures/stack.ts';
import { ofType, one, statementsOf, type Template, type Values } from './fixtures/template.ts';
import { resolverOf } from './flow/resolve.ts';
import { makeTables } from './flow/tables.ts';

const configurationOf = (template: Template, text: ReturnType<typeof resolverOf>['text']) => {
  const { Variables } = one(template, 'AWS::Lambda::Function', 'ReeveWorksOrchestrator').Properties['Environment'] as {
    readonly Variables: Values;
  };
  return JSON.parse(text(Variables['REEVE_CONFIG'])).store;
};

describe('the tables of the template, made on a server', () => {
  let client: DynamoDBClient;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    const server = await startDynamoDb();
    stop = server.stop;
    client = new DynamoDBClient({ endpoint: server.url, ...TEST_CREDENTIALS });
  });
  afterAll(async () => {
    client?.destroy();
    await stop?.();
  });
  const prefix = (): string => `t${process.pid}-${Date.now().toString(36)}-`;

  it('are what the store needs, time to live included: its own', async () => {
    const { template } = deployed(usual);
    const resolver = resolverOf(template, prefix());
    await makeTables(client, template, resolver);
    const { nativeTable } = configurationOf(template, resolver.text);
    expect(await verifyNativeTable(client, nativeTable)).toEqual({ notes: [] });
  });

  it("are what the store needs, time to live included: sosw's", async () => {
    const { template } = deployed((stack) => ({ ...usual(stack), tables: { layout: 'sosw' } }));
    const resolver = resolverOf(template, prefix());
    await makeTables(client, template, resolver);
    const { tables } = configurationOf(template, resolver.text);
    expect(await verifyTables(client, tables)).toEqual({ notes: [] });
  });
});

describe('the tables', () => {
  it("are called in sosw's words, as the store knows them", () => {
    const { tasks: _tasks, closed: _closed, retry: _retry, ...words } = defaultTables();
    expect(SOSW_WORDS).toEqual(words);
  });

  it('may be there already, and then none is made', () => {
    const { template } = deployed((stack) => ({
      ...usual(stack),
      tables: { layout: 'sosw', existing: true, names: { tasks: 'our_tasks' } },
    }));
    expect(ofType(template, 'AWS::DynamoDB::Table')).toEqual([]);
    const { text } = resolverOf(template, '');
    expect(configurationOf(template, text).tables).toMatchObject({
      tasks: 'our_tasks',
      closed: 'sosw_closed_tasks',
      retry: 'sosw_retry_tasks',
    });
    const reached = statementsOf(template).filter(
      ({ role, actions }) => role.startsWith('ReeveWorksScheduler') && actions.includes('dynamodb:PutItem'),
    );
    expect(reached.flatMap(({ resources }) => resources.map(text))).toEqual(['arn:aws:dynamodb:eu-west-1:123456789012:table/our_tasks']);
  });

  it('may go with the stack', () => {
    const { template } = deployed((stack) => ({ ...usual(stack), tables: { keep: false, pointInTimeRecovery: false, name: 'reeve' } }));
    const [[, table] = []] = ofType(template, 'AWS::DynamoDB::Table');
    expect(table).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: {
        TableName: 'reeve',
        DeletionProtectionEnabled: false,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
      },
    });
  });
});
