export { enqueueManyWithin, enqueueWithin, type TransactionClient, type WithinOptions } from './enqueue-within.ts';
export type { PostgresModuleOptions, PostgresStoreOptions } from './options.ts';
export { postgresSchema } from './postgres-schema.ts';
export { postgresStore } from './postgres-store.ts';
export { PostgresTaskStore } from './postgres-task-store.ts';
