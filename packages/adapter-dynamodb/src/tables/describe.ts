import { DescribeTableCommand, type DynamoDBClient, ResourceNotFoundException, type TableDescription } from '@aws-sdk/client-dynamodb';
import { dynamoDbFault } from './dynamodb-fault.ts';

/**
 * A table as it stands. `undefined`: there is none of this name.
 * @throws ReeveError CREDENTIALS_MISSING, REGION_MISSING, STORE_DENIED or STORE_UNREACHABLE
 */
export const describeTable = async (client: DynamoDBClient, name: string): Promise<TableDescription | undefined> => {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw dynamoDbFault(error, `DescribeTable of ${name}`);
  }
};
