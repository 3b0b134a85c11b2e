import { testInvoker } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { lambdaBench } from './lambda-bench.ts';

const runner = { describe, it };
testInvoker(runner, 'LambdaInvoker, with an envelope,', lambdaBench({ message: 'envelope' }));
testInvoker(runner, "LambdaInvoker, with sosw's message,", lambdaBench({ message: 'sosw' }));
testInvoker(runner, 'LambdaInvoker, with the attempt beside the payload,', lambdaBench({ message: 'beside' }));
testInvoker(runner, 'LambdaInvoker, synchronous, with an envelope,', lambdaBench({ invocation: 'sync', message: 'envelope' }));
testInvoker(runner, 'LambdaInvoker, synchronous, with the payload alone,', lambdaBench({ invocation: 'sync', message: 'payload' }));
