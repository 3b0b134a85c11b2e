import { testInvoker } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { httpBench } from './http-bench.ts';

testInvoker({ describe, it }, 'HttpInvoker, with endpoints that are done when they answer,', httpBench('done', false));
testInvoker({ describe, it }, 'HttpInvoker, with endpoints that report later,', httpBench('later', false));
testInvoker({ describe, it }, 'HttpInvoker, by TLS,', httpBench('done', true));
