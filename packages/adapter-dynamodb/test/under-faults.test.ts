import { dynamoDbServers } from '@reeve/test-servers';
import { faultyCase, runStoreCase, wholeFaultyCase } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { openBench } from './fixtures/bench.ts';
import { testDynamoDb } from './tables/server.ts';

describe.each(await dynamoDbServers())('several clients at once, with faults on the way, on $name', (server) => {
  const db = testDynamoDb({ server });
  it.each([1, 2])('lose and double nothing, seed %i', (seed) => runStoreCase(faultyCase(seed, 40), () => openBench(db)));
  it.each([1, 2])('nor with an operator among them, seed %i', (seed) => runStoreCase(wholeFaultyCase(seed, 40), () => openBench(db)));
});
