import { testInvoker } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { lambdaBench } from './lambda-bench.ts';

testInvoker({ describe, it }, 'LambdaInvoker, with an envelope,', lambdaBench('envelope'));
testInvoker({ describe, it }, "LambdaInvoker, with sosw's message,", lambdaBench('sosw'));
