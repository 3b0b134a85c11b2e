import { faultyCase, runStoreCase } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { openBench } from './fixtures/bench.ts';
import { useServer } from './fixtures/server.ts';

const server = useServer();

describe('several clients at once, with faults on the way,', () => {
  it.each([1, 2, 3])('lose and double nothing, seed %i', (seed) => runStoreCase(faultyCase(seed, 60), () => openBench(server.url)));
});
