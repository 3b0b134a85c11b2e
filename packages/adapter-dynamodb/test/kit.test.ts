/** The kit on real servers: two clients of their own, as two processes have, on tables of each case's own. */

import { dynamoDbServers } from '@reeve/test-servers';
import { testLimits, testOperator, testOutbox, testRegister, testTaskStore } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { openBench } from './fixtures/bench.ts';
import { testDynamoDb } from './tables/server.ts';

describe.each(await dynamoDbServers())('on $name', (server) => {
  const db = testDynamoDb({ server });
  for (const test of [testTaskStore, testOperator, testRegister, testOutbox, testLimits]) {
    test({ describe, it }, 'DynamoDbTaskStore', (options) => openBench(db, options));
  }
});
