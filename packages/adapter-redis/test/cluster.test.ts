/** The kit over a Cluster of three servers: every key of a script is on one of them, and ids are unique over all. */
import { startRedisCluster, type TestRedisCluster } from '@reeve/test-servers';
import { testLimits, testOperator, testOutbox, testRegister, testTaskStore } from '@reeve/testkit';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { clusterOf, openBench } from './fixtures/bench.ts';

let cluster: TestRedisCluster | undefined;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster?.stop());

for (const test of [testTaskStore, testOperator, testRegister, testOutbox, testLimits])
  test({ describe, it }, 'RedisTaskStore over a Cluster', (options) => openBench(() => clusterOf(cluster!.urls), options));
