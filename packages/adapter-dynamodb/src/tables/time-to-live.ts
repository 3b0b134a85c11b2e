/** The deletion of ended rows by DynamoDB itself, which costs nothing: an attribute of theirs says when. */
import { DescribeTimeToLiveCommand, type DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { dynamoDbFault } from './dynamodb-fault.ts';

/** Turns it on for a table. One that another attribute governs is left as it is: a table has one only. */
export const enableTimeToLive = async (client: DynamoDBClient, table: string, attribute: string): Promise<void> => {
  try {
    if ((await governing(client, table)) !== undefined) return;
    try {
      await client.send(
        new UpdateTimeToLiveCommand({ TableName: table, TimeToLiveSpecification: { AttributeName: attribute, Enabled: true } }),
      );
    } catch (error) {
      // Another process may turn it on between our look and our request, which DynamoDB then refuses as invalid. That it is
      // on is all we want; a second look tells that refusal from any other.
      if ((await governing(client, table)) === undefined) throw error;
    }
  } catch (error) {
    throw dynamoDbFault(error, `UpdateTimeToLive of ${table}`);
  }
};

/** What a reader of the log should know of a table's deletion of old rows. `undefined`: it is on, all is well. */
export const timeToLiveNote = async (client: DynamoDBClient, table: string, wanted: string): Promise<string | undefined> => {
  let attribute: string | undefined;
  try {
    attribute = await governing(client, table);
  } catch (error) {
    return `${table}: whether ended rows expire could not be seen (${error instanceof Error ? error.name : 'unknown error'})`;
  }
  if (attribute === wanted) return undefined;
  const is = attribute === undefined ? 'off' : `governed by ${attribute}`;
  return `${table}: its time to live is ${is}, so ended rows stay until somebody deletes them; turn it on for ${wanted}`;
};

const governing = async (client: DynamoDBClient, table: string): Promise<string | undefined> => {
  const { TimeToLiveDescription: found } = await client.send(new DescribeTimeToLiveCommand({ TableName: table }));
  return found?.TimeToLiveStatus === 'ENABLED' || found?.TimeToLiveStatus === 'ENABLING' ? found.AttributeName : undefined;
};
