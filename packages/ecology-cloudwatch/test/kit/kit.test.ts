import { testMetricSource } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { cloudwatchBench } from './cloudwatch-bench.ts';

testMetricSource({ describe, it }, 'CloudwatchSource, asked in its own form,', cloudwatchBench('own'));
testMetricSource({ describe, it }, "CloudwatchSource, asked in sosw's form,", cloudwatchBench('sosw'));
