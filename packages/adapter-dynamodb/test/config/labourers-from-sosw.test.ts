import { defineLabourers } from '@reeve/core';
import { expect, test } from 'vitest';
import { labourersFromSosw } from '../../src/config/labourers-from-sosw.ts';
import { ORCHESTRATOR_CONFIG, TASK_CLIENT_CONFIG, TASKS_TABLE_CONFIG } from './sosw-configs.ts';

const arn = 'arn:aws:lambda:us-west-2:000000000000:function:some_function';

test("a labourer as it stands, with sosw's defaults", () => {
  const [labourer] = defineLabourers(labourersFromSosw(ORCHESTRATOR_CONFIG));
  expect(labourer).toMatchObject({
    id: 'some_function',
    target: arn,
    cap: 10,
    lease: { duration: 900_000, cooldown: 300_000 },
    maxAttempts: 3,
    retry: { kind: 'linear', step: 900_000 },
    health: { coefficients: { 0: 0, 1: 0, 2: 0.5, 3: 0.75, 4: 1 }, onMissing: 'hold' },
    options: { message: 'sosw', healthMetrics: TASK_CLIENT_CONFIG.labourers.some_function.health_metrics },
  });
  expect(labourersFromSosw(JSON.stringify(TASK_CLIENT_CONFIG))).toEqual(labourersFromSosw(ORCHESTRATOR_CONFIG));
});

test('settings of the labourer, of the client and of the Orchestrator', () => {
  const config = {
    default_simultaneous_invocations: 5,
    invocation_number_coefficient: { '2': 0.25, '4': '0.5' },
    task_config: {
      max_attempts: 4,
      max_attempts_quick: 2,
      labourers: { quick: { arn, duration: 60, cooldown: 10 }, slow: { arn, max_simultaneous_invocations: 1 } },
    },
  };
  const [quick, slow] = defineLabourers(labourersFromSosw(config));
  expect(quick).toMatchObject({
    cap: 5,
    maxAttempts: 2,
    lease: { duration: 60_000, cooldown: 10_000 },
    retry: { kind: 'linear', step: 60_000 },
  });
  expect(slow).toMatchObject({ cap: 1, maxAttempts: 4, health: { coefficients: { 2: 0.25, 3: 0.75, 4: 0.5 } } });
  expect(defineLabourers(labourersFromSosw({ labourers: { one: { arn } } }))[0]).toMatchObject({ cap: 2 });
});

test('no labourers, and labourers that are none', () => {
  expect(labourersFromSosw(TASKS_TABLE_CONFIG)).toEqual({});
  expect(() => labourersFromSosw({ task_config: { labourers: ['a'] } })).toThrow(/task_config\.labourers: a list of 1 is not an object/);
  expect(() => labourersFromSosw({ labourers: { a: 'arn' } })).toThrow(/labourers\.a: "arn" is not an object.*INVALID_LABOURERS/s);
});

test('values are checked where labourers are defined', () => {
  const define = () =>
    defineLabourers(labourersFromSosw({ labourers: { a: { arn, max_simultaneous_invocations: 'ten', duration: '60' } } }));
  expect(define).toThrow(/labourers\.a\.maxSimultaneousInvocations/);
  expect(define).toThrow(/labourers\.a\.lease\.duration/);
});
