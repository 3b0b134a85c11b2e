import { readFileSync } from 'node:fs';
import { createReeve, defineLabourers, Invoker, inProcessInvoker, MetricSource, memoryStore } from '@reeve/core';
import { ContainerModule } from 'inversify';
import { describe, expect, onTestFinished, test } from 'vitest';
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
    health: {
      coefficients: { 0: 0, 1: 0, 2: 0.5, 3: 0.75, 4: 1 },
      onMissing: 'hold',
      metrics: [{ name: 'cpu', source: 'cloudwatch', levels: [{ health: 4, comparison: '<=', than: 25 }, { health: 3 }] }],
    },
  });
  expect(labourer?.options).toEqual({ message: 'sosw' });
  expect(labourersFromSosw(JSON.stringify(TASK_CLIENT_CONFIG))).toEqual(labourersFromSosw(ORCHESTRATOR_CONFIG));
});

test('settings of the labourer, of the client and of the Orchestrator', () => {
  const config = {
    default_simultaneous_invocations: 2,
    invocation_number_coefficient: { '2': 0.25, '4': '0.5' },
    task_config: {
      max_simultaneous_invocations: 5,
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
});

test.each([
  ['its own', { max_simultaneous_invocations: 3 }, { max_simultaneous_invocations: 7 }, 3],
  ["the TaskManager's", {}, { max_simultaneous_invocations: 7 }, 7],
  ["the TaskManager's default, whatever the Orchestrator's says", {}, {}, 1],
])('the cap of a labourer is %s, as sosw has it', (_, own, client, cap) => {
  const config = { default_simultaneous_invocations: 2, task_config: { ...client, labourers: { one: { arn, ...own } } } };
  expect(defineLabourers(labourersFromSosw(config))).toMatchObject([{ id: 'one', cap }]);
});

describe('settings beside task_config', () => {
  test('count, as for the TaskManager that reads the row of its function; what is within wins', () => {
    const config = {
      max_attempts: 4,
      max_simultaneous_invocations: 6,
      labourers: { mill: { arn, max_simultaneous_invocations: 2, duration: 60 }, press: { arn } },
      task_config: { max_attempts: 5, labourers: { mill: { max_simultaneous_invocations: 9 }, still: { arn } } },
    };
    expect(defineLabourers(labourersFromSosw(config))).toMatchObject([
      { id: 'mill', target: arn, cap: 9, maxAttempts: 5, lease: { duration: 60_000 } },
      { id: 'press', target: arn, cap: 6, maxAttempts: 5 },
      { id: 'still', target: arn, cap: 6 },
    ]);
  });

  test("are labourers of what all share, in sosw's own template", () => {
    const shared = { labourers: { sosw_sandbox: { max_simultaneous_invocations: 5, arn } } };
    expect(labourersFromSosw({ ...shared, task_config: {} })).toEqual(labourersFromSosw(shared));
    expect(Object.keys(labourersFromSosw({ ...shared, task_client_config: {} }))).toEqual(['sosw_sandbox']);
  });

  test('are named where they stand, if they are wrong', () => {
    const config = { labourers: { a: 7, b: { arn, health_metrics: ['cpu'] } }, task_config: { labourers: { c: [], b: {} } } };
    expect(() => labourersFromSosw(config)).toThrow(
      /^ {2}labourers\.a: 7 is not[^\n]*\n {2}labourers\.b\.health_metrics: a list of 1 is not[^\n]*\n {2}task_config\.labourers\.c: a list of 0/m,
    );
  });
});

describe('health_metrics', () => {
  test('that are none ask for no source', () => {
    const own = { a: { arn, health_metrics: {} }, b: { arn, health_metrics: null }, c: { arn } };
    for (const each of defineLabourers(labourersFromSosw({ labourers: own }))) expect(each.health.metrics ?? []).toEqual([]);
  });

  test('have what they leave out from default_metric_values', () => {
    const own = { Namespace: 'AWS/RDS', Name: 'CPUUtilization', Statistics: ['Maximum'] };
    const feelings = { feelings: { 4: 25 }, feeling_comparison_operator: '<=' };
    const config = {
      ecology_config: { default_metric_values: { Period: 300, Statistics: ['Minimum'] } },
      labourers: { a: { arn, health_metrics: { nested: { details: own, ...feelings }, flat: { ...own, ...feelings } } } },
    };
    const [labourer] = defineLabourers(labourersFromSosw(config));
    const query = { Namespace: 'AWS/RDS', MetricName: 'CPUUtilization', Statistics: ['Maximum'], Period: 300 };
    expect(labourer?.health.metrics).toMatchObject([
      { name: 'nested', query, every: 300_000 },
      { name: 'flat', query, every: 300_000 },
    ]);
    const wrong = { ...config, ecology_config: { default_metric_values: [] } };
    expect(() => labourersFromSosw({ task_config: wrong })).toThrow(
      /task_config\.ecology_config\.default_metric_values: a list of 0 is not/,
    );
  });

  test('that contradict each other are refused where labourers are defined', () => {
    const cpu = { ...TASK_CLIENT_CONFIG.labourers.some_function.health_metrics.cpu, feelings: { 3: 25, 4: 50 } };
    const define = () => defineLabourers(labourersFromSosw({ labourers: { a: { arn, health_metrics: { cpu } } } }));
    expect(define).toThrow(/labourers\.a\.health\.metrics\.cpu\.feelings/);
  });

  test('without a source for them are no composition', () => {
    const parts = [memoryStore(), inProcessInvoker({ handlers: { some_function: () => {} } })];
    expect(() => createReeve({ labourers: labourersFromSosw(ORCHESTRATOR_CONFIG), use: parts })).toThrow(/cloudwatch/);
  });
});

interface Recorded {
  readonly case: string;
  readonly health_metrics: object;
  readonly datapoints: readonly number[] | 'empty' | 'error';
  readonly invoked: number;
  readonly error: object | null;
}
const HEALTH = new URL('../../../core/test/ecology/golden/health-0.7.31.json', import.meta.url);
const recorded: readonly Recorded[] = JSON.parse(readFileSync(HEALTH, 'utf8')).stages[0].results;
/** Where sosw itself crashes, what its users meant; and without data what was last seen, which was nothing. */
const MEANT: Readonly<Record<string, number>> = { 'no datapoints': 10, 'cloudwatch error': 10, 'operator <=': 10, ge: 7, 'ge 80': 10 };

test.each(recorded)('of ten queued tasks as many are started as with sosw: $case', async (each) => {
  const started: unknown[] = [];
  const { datapoints } = each;
  const source: MetricSource = {
    name: 'cloudwatch',
    check: () => undefined,
    read: (queries) => {
      if (datapoints === 'error') return Promise.reject(new Error('refused'));
      const value = datapoints === 'empty' ? Number.NaN : datapoints.reduce((sum, one) => sum + one, 0) / datapoints.length;
      return Promise.resolve(queries.map(() => (datapoints === 'empty' ? { kind: 'none' } : { kind: 'value', value, at: Date.now() })));
    },
  };
  const invoker: Invoker = {
    invoke: (_, { id }) => {
      started.push(id);
      return Promise.resolve({ kind: 'accepted' });
    },
  };
  const reeve = createReeve({
    labourers: labourersFromSosw({ labourers: { w0: { arn, max_simultaneous_invocations: 10, health_metrics: each.health_metrics } } }),
    use: [
      memoryStore(),
      new ContainerModule(({ bind }) => {
        bind(MetricSource).toConstantValue(source);
        bind(Invoker).toConstantValue(invoker);
      }),
    ],
  });
  onTestFinished(() => reeve.close());
  for (let n = 0; n < 10; n += 1) await reeve.enqueue('w0', { n });
  await reeve.tick();
  expect(started).toHaveLength(each.error === null ? each.invoked : (MEANT[each.case] ?? Number.NaN));
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
