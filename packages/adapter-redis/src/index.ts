export type { RedisClient } from './client/client.ts';
export type { WaitFor } from './client/scripts.ts';
export type { RedisModuleOptions, RedisStoreOptions } from './options.ts';
export { redisStore } from './redis-store.ts';
export { RedisTaskStore } from './redis-task-store.ts';
