import { redisServers } from '@reeve/test-servers';
import { faultyCase, runStoreCase, wholeFaultyCase } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { connectTo, openBench } from './fixtures/bench.ts';
import { oneServer } from './fixtures/servers.ts';

describe.each(await redisServers())('several clients at once, with faults on the way, on $name', ({ start }) => {
  const server = oneServer(start);
  it.each([1, 2, 3, 4])('lose and double nothing, seed %i', (seed) =>
    runStoreCase(faultyCase(seed, 60), () => openBench(() => connectTo(server.url))),
  );
  it.each([1, 2, 3, 4])('lose and double nothing with an operator among them, seed %i', (seed) =>
    runStoreCase(wholeFaultyCase(seed, 60), () => openBench(() => connectTo(server.url))),
  );
});
