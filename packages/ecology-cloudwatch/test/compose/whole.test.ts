import { readFileSync } from 'node:fs';
import { Clock, createReeve, inProcessInvoker, type LabourerDefinitions, memoryStore, type SoswMetricDefinition } from '@reeve/core';
import { cloudwatchEcology } from '@reeve/ecology-cloudwatch';
import { type CloudwatchFault, ManualClock, startCloudwatchEndpoint } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { expect, onTestFinished, test } from 'vitest';
import { CPU, MINUTE, MINUTE_BEGAN, NOW, PLACE } from '../support/rig.ts';

/** The whole, with the real SDK, on a clock that a test moves. */
const open = async (labourers: LabourerDefinitions) => {
  const clock = new ManualClock(NOW);
  const endpoint = await startCloudwatchEndpoint({ clock });
  const reeve = createReeve({
    labourers,
    use: [
      memoryStore(),
      inProcessInvoker({ handlers: Object.fromEntries(Object.keys(labourers).map((name) => [name, () => {}])) }),
      cloudwatchEcology({ ...PLACE, endpoint: endpoint.url, requestTimeout: 60_000 }),
      new ContainerModule(({ bind }) => void bind(Clock).toConstantValue(clock)),
    ],
  });
  onTestFinished(async () => {
    await reeve.close();
    await endpoint.close();
  });
  return { clock, endpoint, reeve };
};

test('a hundred labourers with three metrics each cost one call in a period, however often they are assessed', async () => {
  const metricOf = (n: number) => ({ namespace: 'Many', metric: `M${n}` });
  const levels = { High: '<= 25', Good: '<= 50' };
  const metrics = (n: number) =>
    Object.fromEntries([0, 1, 2].map((k) => [`m${k}`, { source: 'cloudwatch', query: metricOf(3 * n + k), levels }]));
  const { clock, endpoint, reeve } = await open(
    Object.fromEntries(
      Array.from({ length: 100 }, (_, n) => [`l${n}`, { maxSimultaneousInvocations: 10, health: { metrics: metrics(n) } }]),
    ),
  );
  for (let minute = 0; minute < 3; minute += 1) {
    for (let n = 0; n < 300; n += 1) endpoint.put(metricOf(n), n === 7 ? 40 : 10, clock.now() - MINUTE);
    for (let tick = 0; tick < 6; tick += 1) {
      const caps = (await reeve.tick()).labourers.map(({ cap }) => cap);
      expect(caps).toEqual(Array.from({ length: 100 }, (_, n) => (n === 2 ? 7 : 10)));
      await clock.advance(10_000);
    }
  }
  expect(endpoint.calls.map(({ queries }) => queries.length)).toEqual([300, 300, 300]);
});

interface GoldenCase {
  readonly case: string;
  readonly health_metrics: Readonly<Record<string, SoswMetricDefinition>>;
  readonly datapoints: readonly number[] | 'empty' | 'error';
  readonly invoked: number;
  readonly error: unknown;
}
const golden = JSON.parse(readFileSync(new URL('../golden/health-0.7.31.json', import.meta.url), 'utf8')) as {
  readonly stages: readonly { readonly results: readonly GoldenCase[] }[];
};
/** Where sosw itself crashes, what its users meant: no data follows the rule, the sign is what it says. */
const MEANT: Readonly<Record<string, number>> = { 'no datapoints': 5, 'cloudwatch error': 5, 'operator <=': 10, ge: 7, 'ge 80': 10 };

/** sosw had ten tasks to start, and started as many as the cap in force. */
test.each(golden.stages[0]!.results)("sosw's definitions start as many: $case", async (each) => {
  const { endpoint, reeve } = await open({
    w0: { maxSimultaneousInvocations: 10, health: { metrics: each.health_metrics, onMissing: 'Moderate' } },
  });
  if (typeof each.datapoints !== 'string') {
    for (const [n, value] of each.datapoints.entries()) {
      endpoint.put({ namespace: 'AWS/RDS', metric: 'CPUUtilization' }, value, MINUTE_BEGAN - 1 - n * MINUTE);
    }
  }
  if (each.datapoints === 'error') endpoint.next({ kind: 'error', status: 403, code: 'AccessDenied', message: 'no' });
  const [w0] = (await reeve.tick()).labourers;
  expect(w0?.cap).toBe(each.error === null ? each.invoked : MEANT[each.case]);
});

test.each<[string, CloudwatchFault]>([
  ['hangs', { kind: 'silent' }],
  ['cuts the connection', { kind: 'reset' }],
  ['answers what is no JSON', { kind: 'garbage' }],
  ['has failed inside', { kind: 'error', status: 500, code: 'InternalServiceFault', message: 'no' }],
])('while CloudWatch %s, a labourer follows its rule in time, and the others notice nothing', async (_, fault) => {
  const cpu = { source: 'cloudwatch', query: CPU, levels: { High: '<= 25' } };
  const { clock, endpoint, reeve } = await open({
    reader: { maxSimultaneousInvocations: 10, health: { metrics: { cpu }, onMissing: 'Moderate' } },
    other: { maxSimultaneousInvocations: 10 },
  });
  endpoint.next(fault, fault);
  await reeve.enqueue('other', {});
  const tick = reeve.tick();
  await expect.poll(() => reeve.census(['other']), { timeout: 10_000 }).toEqual([{ due: 0, waiting: 0, running: 0, expired: 0 }]);
  await expect.poll(() => endpoint.calls.length, { timeout: 10_000 }).toBeGreaterThan(0);
  await clock.advance(4_500);
  expect((await tick).labourers.map(({ cap }) => cap)).toEqual([5, 10]);
});

test('a query that CloudWatch could not read is refused before anything is written', () => {
  const labourers = {
    a: {
      maxSimultaneousInvocations: 1,
      health: { metrics: { cpu: { source: 'cloudwatch', query: { ...CPU, period: 90 }, levels: { High: '<= 25' } } } },
    },
  };
  const use = [memoryStore(), inProcessInvoker({ handlers: { a: () => {} } }), cloudwatchEcology(PLACE)];
  expect(() => createReeve({ labourers, use })).toThrow(
    /labourers\.a\.health\.metrics\.cpu: period is 90; give 1, 5, 10, 20, 30 or a multiple/,
  );
});
