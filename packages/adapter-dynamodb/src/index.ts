export { fromSoswConfig } from './config/from-sosw-config.ts';
export {
  defaultTables,
  type FieldNames,
  type GreenfieldTables,
  INVOCATION_DELTA,
  LOGICAL_FIELDS,
  type LogicalField,
  TTL_FIELD,
} from './config/greenfield-tables.ts';
export { labourersFromSosw } from './config/labourers-from-sosw.ts';
export { dynamodbStore } from './dynamodb-store.ts';
export { DynamoDbTaskStore } from './dynamodb-task-store.ts';
export { type MovedQueue, type MoveQueueOptions, moveQueue } from './moving/move-queue.ts';
export { DynamoDbNativeTaskStore } from './native/native-task-store.ts';
export type { DynamoDbModuleOptions, DynamoDbStoreOptions } from './options.ts';
export { type CreatedTables, type CreateTablesOptions, createNativeTable, createTables } from './tables/create-tables.ts';
export { type TablesReport, verifyNativeTable, verifyTables } from './tables/verify-tables.ts';
