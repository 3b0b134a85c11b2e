import { testLimits, testOperator, testOutbox, testRegister, testTaskStore } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { openBench } from './fixtures/bench.ts';

for (const testPort of [testTaskStore, testOperator, testRegister, testOutbox, testLimits]) testPort({ describe, it }, 'sqlite', openBench);
