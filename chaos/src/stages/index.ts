import { dynamodbStage } from './dynamodb.ts';
import { pgbouncerStage, postgresStage } from './postgres.ts';
import { redisFailoverStage, redisStage } from './redis.ts';
import { sqliteStage } from './sqlite.ts';
import type { Stage, StageOptions } from './stage.ts';

export const STAGES: Readonly<Record<string, (options: StageOptions) => Promise<Stage>>> = {
  sqlite: sqliteStage,
  redis: redisStage,
  'redis-failover': redisFailoverStage,
  postgres: postgresStage,
  'postgres-pgbouncer': pgbouncerStage,
  dynamodb: dynamodbStage('greenfield'),
  'dynamodb-native': dynamodbStage('native'),
};
