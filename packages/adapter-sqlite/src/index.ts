export type { SqliteClient, SqliteStatement, SqlValue } from './connection/client.ts';
export type { SqliteModuleOptions, SqliteStoreOptions } from './options.ts';
export { sqliteStore } from './sqlite-store.ts';
export { SqliteTaskStore } from './sqlite-task-store.ts';
