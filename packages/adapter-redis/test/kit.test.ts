/** The kit on real servers: two clients of their own, as two processes have, with keys of each case's own. */
import { redisServers } from '@reeve/test-servers';
import { testLimits, testOperator, testOutbox, testRegister, testTaskStore } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { connectTo, openBench } from './fixtures/bench.ts';
import { oneServer } from './fixtures/servers.ts';

describe.each(await redisServers())('on $name', ({ start }) => {
  const server = oneServer(start);
  for (const test of [testTaskStore, testOperator, testRegister, testOutbox, testLimits])
    test({ describe, it }, 'RedisTaskStore', (options) => openBench(() => connectTo(server.url), options));
});
