/** The kit once more, with ids that say where their tasks live. */
import { testTaskStore } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { testDynamoDb } from '../tables/server.ts';
import { openNativeBench } from './bench.ts';

const db = testDynamoDb();
testTaskStore({ describe, it }, 'DynamoDbNativeTaskStore with ids of its own', () => openNativeBench(db, true));
