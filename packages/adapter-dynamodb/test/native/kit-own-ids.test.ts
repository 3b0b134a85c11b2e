/** The kit once more, with ids that say where their tasks live. */
import { testOperator, testOutbox, testTaskStore } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { testDynamoDb } from '../tables/server.ts';
import { openNativeBench } from './bench.ts';

const db = testDynamoDb();
for (const test of [testTaskStore, testOperator, testOutbox]) {
  test({ describe, it }, 'DynamoDbNativeTaskStore with ids of its own', (options) => openNativeBench(db, options, true));
}
