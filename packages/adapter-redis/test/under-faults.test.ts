import { redisServers } from '@reeve/test-servers';
import { faultyCase, runStoreCase } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { connectTo, openBench } from './fixtures/bench.ts';
import { oneServer } from './fixtures/servers.ts';

describe.each(await redisServers())('several clients at once, with faults on the way, on $name', ({ start }) => {
  const server = oneServer(start);
  it.each([1, 2, 3, 4])('lose and double nothing, seed %i', (seed) =>
    runStoreCase(faultyCase(seed, 60), () => openBench(() => connectTo(server.url))),
  );
});
