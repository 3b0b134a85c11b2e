import { CreateTableCommand, type CreateTableCommandInput, type DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { ofType, type Template, type Values } from '../fixtures/template.ts';
import type { Resolver } from './resolve.ts';

const PASSED_ON = ['AttributeDefinitions', 'KeySchema', 'BillingMode', 'GlobalSecondaryIndexes', 'LocalSecondaryIndexes'];

/** Makes the tables of a template, from what it says of them. */
export const makeTables = async (client: DynamoDBClient, template: Template, { nameOf }: Resolver): Promise<void> => {
  for (const [id, { Properties }] of ofType(template, 'AWS::DynamoDB::Table')) {
    const said = Object.fromEntries(Object.entries(Properties as Values).filter(([name]) => PASSED_ON.includes(name)));
    await client.send(new CreateTableCommand({ ...(said as unknown as CreateTableCommandInput), TableName: nameOf(id) }));
    const ttl = Properties['TimeToLiveSpecification'] as { readonly AttributeName: string; readonly Enabled: boolean } | undefined;
    if (ttl) await client.send(new UpdateTimeToLiveCommand({ TableName: nameOf(id), TimeToLiveSpecification: ttl }));
  }
};
