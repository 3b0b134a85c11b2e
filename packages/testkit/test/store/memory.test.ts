import {
  type BenchOptions,
  openMemoryBench,
  runStoreCase,
  testLimits,
  testOperator,
  testOutbox,
  testRegister,
  testTaskStore,
  type WholeBench,
  type WholeStore,
  wholeFaultyCase,
} from '@reeve/testkit';
import { describe, it } from 'vitest';
import { verbsOf } from '../../src/mutants/twist.ts';

const runner = { describe, it };
testTaskStore(runner, 'the memory store', openMemoryBench);
testOperator(runner, 'the memory store', openMemoryBench);
testRegister(runner, 'the memory store', openMemoryBench);
testOutbox(runner, 'the memory store', openMemoryBench);
testLimits(runner, 'the memory store', openMemoryBench);

const small = (options: BenchOptions = {}) => openMemoryBench({ ...options, maxPayloadBytes: 16 * 1_024 });
testTaskStore(runner, 'a memory store with small payloads', small);
testOperator(runner, 'a memory store with small payloads', small);

/** A store that keeps neither keys nor count, and says so. */
const lacks = ['C11', 'C12', 'C13', 'M2'];
const plain = async (options: BenchOptions = {}): Promise<WholeBench> => {
  const bench = await openMemoryBench(options);
  const store: WholeStore = {
    ...verbsOf(bench.store),
    capabilities: { ...bench.store.capabilities, lacks },
    enqueue: (tasks) => bench.store.enqueue(tasks.map(({ key: _, ...task }) => task)),
    claim: ({ perKey: _, room: __, ...request }) => bench.store.claim(request),
    exchange: (verdicts, { perKey: _, room: __, ...request }) => bench.store.exchange(verdicts, request),
    maintain: (labourers) => bench.store.maintain(labourers),
  };
  return { ...bench, store, peer: store };
};
testTaskStore(runner, 'a store that lacks keys and retention', plain, { lacks });
testOperator(runner, 'a store that lacks keys and retention', plain, { lacks });
testOutbox(runner, 'a store that lacks keys and retention', plain, { lacks });
for (const seed of [1, 2, 3])
  it(`a store that lacks keys and retention holds under faults, seed ${seed}`, () => runStoreCase(wholeFaultyCase(seed), plain));
