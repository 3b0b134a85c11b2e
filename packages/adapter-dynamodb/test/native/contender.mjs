// One of several processes that race for the tasks of one table.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbNativeTaskStore } from '@reeve/adapter-dynamodb';
import { contender } from '@reeve/testkit';

const [endpoint = '', nativeTable = '', cap, name] = process.argv.slice(2);
const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
const store = new DynamoDbNativeTaskStore({ client, nativeTable });
await contender({ store, labourer: 'mill', cap: Number(cap), limit: 3, name: `${name}-${process.pid}` });
client.destroy();
