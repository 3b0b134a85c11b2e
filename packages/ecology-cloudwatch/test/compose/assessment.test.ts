import assert from 'node:assert/strict';
import { Clock, createReeve, inProcessInvoker, type LabourerDefinition, memoryStore } from '@reeve/core';
import { cloudwatchEcology } from '@reeve/ecology-cloudwatch';
import { ManualClock, startCloudwatchEndpoint } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { it, onTestFinished } from 'vitest';
import { MINUTE, NOW, PLACE } from '../support/rig.ts';

const LABOURERS = 100;

/** A hundred labourers, each with three metrics of its own, and one without any; the real SDK, and a CloudWatch of this machine. */
const compose = async () => {
  const clock = new ManualClock(NOW);
  const endpoint = await startCloudwatchEndpoint({ clock });
  const names = Array.from({ length: LABOURERS }, (_, n) => `l${n}`);
  const metric = (name: string, of: string) => ({
    source: 'cloudwatch',
    query: { namespace: 'Shop', metric: of, dimensions: { Worker: name } },
    levels: { High: '<= 25', Good: '<= 50' },
  });
  const definition = (name: string): LabourerDefinition => ({
    maxSimultaneousInvocations: 10,
    health: { metrics: { cpu: metric(name, 'cpu'), queue: metric(name, 'queue'), errors: metric(name, 'errors') }, onMissing: 'Moderate' },
  });
  const put = (value: number): void => {
    for (const name of names)
      for (const of of ['cpu', 'queue', 'errors']) endpoint.put({ namespace: 'Shop', metric: of, dimensions: { Worker: name } }, value);
  };
  const all = [...names, 'free'];
  const reeve = createReeve({
    labourers: { ...Object.fromEntries(names.map((name) => [name, definition(name)])), free: { maxSimultaneousInvocations: 10 } },
    use: [
      memoryStore(),
      inProcessInvoker({ handlers: Object.fromEntries(all.map((name) => [name, () => {}])) }),
      cloudwatchEcology({ ...PLACE, endpoint: endpoint.url }),
      new ContainerModule(({ bind }) => void bind(Clock).toConstantValue(clock)),
    ],
  });
  onTestFinished(async () => {
    await reeve.close();
    await endpoint.close();
  });
  const caps = async (): Promise<readonly number[]> => [...new Set((await reeve.tick()).labourers.map(({ cap = -1 }) => cap))];
  return { clock, endpoint, put, reeve, caps };
};

/** The clock stands still meanwhile: what never comes ends with the test's own time limit. */
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
};

it('100 labourers with three metrics each cost one call in a period', async () => {
  const { clock, endpoint, put, caps } = await compose();
  const seen: (readonly number[])[] = [];
  for (let seconds = 0; seconds < 600; seconds += 10) {
    if (seconds % 60 === 0) put(seconds < 300 ? 20 : 40);
    seen.push(await caps());
    await clock.advance(10_000);
  }
  assert.equal(endpoint.calls.length, 10);
  assert.deepEqual(seen.at(20), [10]);
  assert.deepEqual(seen.at(-1), [7, 10], 'each follows its own, and who has none has the whole');
});

it('while CloudWatch hangs, its labourers follow their rule within the deadline, and others are served', async () => {
  const { clock, endpoint, put, reeve, caps } = await compose();
  put(20);
  await clock.advance(2 * MINUTE);
  assert.deepEqual(await caps(), [10]);
  await clock.advance(MINUTE);
  endpoint.next({ kind: 'silent' });
  await reeve.enqueue('free', {});
  const began = clock.now();
  const later = caps();
  await until(async () => {
    const [free] = await reeve.census(['free']);
    return free?.due === 0 && free.running === 0;
  });
  assert.equal(clock.now(), began, 'and not after anybody was given up');
  await until(() => endpoint.underWay > 0);
  await clock.advance(4_500);
  assert.deepEqual(await later, [5, 10]);
});
