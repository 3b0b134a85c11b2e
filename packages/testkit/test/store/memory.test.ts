import { openMemoryBench, testTaskStore } from '@reeve/testkit';
import { describe, it } from 'vitest';

testTaskStore({ describe, it }, 'the memory store', openMemoryBench);
testTaskStore({ describe, it }, 'a memory store with small payloads', () => openMemoryBench({ maxPayloadBytes: 16 * 1_024 }));
