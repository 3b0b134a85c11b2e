import { testLimits, testOperator, testOutbox, testRegister, testTaskStore } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { openBench } from './fixtures/bench.ts';
import { useServer } from './fixtures/server.ts';

const server = useServer();

testTaskStore({ describe, it }, 'postgres', (options) => openBench(server.url, options));
testOperator({ describe, it }, 'postgres', (options) => openBench(server.url, options));
testRegister({ describe, it }, 'postgres', (options) => openBench(server.url, options));
testOutbox({ describe, it }, 'postgres', (options) => openBench(server.url, options));
testLimits({ describe, it }, 'postgres', (options) => openBench(server.url, options));
