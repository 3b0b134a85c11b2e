import { testTaskStore } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { openBench } from './fixtures/bench.ts';
import { useServer } from './fixtures/server.ts';

const server = useServer();

testTaskStore({ describe, it }, 'postgres', () => openBench(server.url));
