import { testTaskStore } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { openBench } from './fixtures/bench.ts';

testTaskStore({ describe, it }, 'sqlite', openBench);
