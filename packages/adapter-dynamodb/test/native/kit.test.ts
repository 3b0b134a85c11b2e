/** The kit on the native layout, on real servers: two clients of their own, as two processes have, on a table of each case's own. */
import { dynamoDbServers } from '@reeve/test-servers';
import { testLimits, testOperator, testOutbox, testRegister, testTaskStore } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { testDynamoDb } from '../tables/server.ts';
import { openNativeBench } from './bench.ts';

describe.each(await dynamoDbServers())('on $name', (server) => {
  const db = testDynamoDb({ server });
  for (const test of [testTaskStore, testOperator, testRegister, testOutbox, testLimits]) {
    test({ describe, it }, 'DynamoDbNativeTaskStore', (options) => openNativeBench(db, options));
  }
});
