export {
  canStartDynamoDbLocalJar,
  type DynamoDbChoice,
  dynamoDbServers,
  type StartDynamoDbOptions,
  startDynamoDb,
  startDynamoDbLocalJar,
  TEST_CREDENTIALS,
} from './dynamodb.ts';
export { type ServerProgram, startProgram, type TestServer } from './process.ts';
