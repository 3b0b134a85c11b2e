export {
  canStartDynamoDbLocalJar,
  type DynamoDbChoice,
  dynamoDbServers,
  type StartDynamoDbOptions,
  startDynamoDb,
  startDynamoDbLocalJar,
  TEST_CREDENTIALS,
} from './dynamodb.ts';
export { type StartPgBouncerOptions, startPgBouncer } from './pgbouncer.ts';
export { type PostgresServer, type StartPostgresOptions, startPostgres } from './postgres.ts';
export { freePort, type ServerProgram, startProgram, type TestServer } from './process.ts';
export { type StartPrometheusOptions, startPrometheus } from './prometheus.ts';
export { type RedisChoice, redisServers, type StartRedisOptions, startRedis } from './redis.ts';
export { startRedisCluster, type TestRedisCluster } from './redis-cluster.ts';
export { type RedisProgram, redisPrograms } from './redis-program.ts';
