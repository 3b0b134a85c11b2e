import { faultyCase, runStoreCase, type WholeBench, wholeFaultyCase } from '@reeve/testkit';
import { it } from 'vitest';
import { testDynamoDb } from '../tables/server.ts';
import { openNativeBench } from './bench.ts';

const db = testDynamoDb();
const LABOURERS = ['under-faults', 'operated-under-faults'];

/** The house is kept between two rounds, as core does: what one who lost a race could not give back for certain is given back there. */
const open = async (): Promise<WholeBench> => {
  const bench = await openNativeBench(db);
  return { ...bench, settled: async () => void (await bench.store.maintain(LABOURERS)) };
};

it.each([1, 2])('several clients at once, with faults on the way, lose and double nothing, seed %i', (seed) =>
  runStoreCase(faultyCase(seed, 40), open),
);

it.each([1, 2, 3])('nor do they with an operator, a register and an outbox, seed %i', (seed) =>
  runStoreCase(wholeFaultyCase(seed, 40), open),
);
