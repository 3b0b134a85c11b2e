import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  Clock,
  createReeve,
  EcologyProvider,
  Health,
  type HealthDefinition,
  inProcessInvoker,
  MemoryTaskStore,
  type MetricDefinitions,
  MetricSource,
  type MetricSource as MetricSourcePort,
  memoryStore,
  type Sample,
  TaskReader,
  TaskStore,
} from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { describe, it } from 'vitest';
import { faultOf } from '../decide/faults.ts';
import { settle } from '../run/rig.ts';
import { sourceOf, steady } from './sources.ts';

const provide = (...sources: readonly MetricSourcePort[]): ContainerModule =>
  new ContainerModule(({ bind }) => {
    for (const each of sources) bind(MetricSource).toConstantValue(each);
  });
const at = (clock: ManualClock): ContainerModule => new ContainerModule(({ bind }) => void bind(Clock).toConstantValue(clock));

const cpu = { source: 's', query: 'cpu', levels: { High: '<= 25', Good: '<= 50' } };
const worker = inProcessInvoker({ handlers: { a: () => {}, b: () => {} } });
const composed = (health: HealthDefinition, use: readonly ContainerModule[] = [], metrics?: MetricDefinitions) =>
  createReeve({
    labourers: { a: { maxSimultaneousInvocations: 10, health }, b: { maxSimultaneousInvocations: 10 } },
    ...(metrics && { metrics }),
    use: [memoryStore(), worker, ...use],
  });
const refused = (...args: Parameters<typeof composed>): string => faultOf(() => composed(...args), 'config', 'INVALID_COMPOSITION').message;

describe('a composition with metrics', () => {
  it('keeps the cap to what they say, and explains it', async () => {
    const clock = new ManualClock();
    const reeve = composed({ metrics: ['orders-db.cpu'] }, [at(clock), provide(steady('s', clock, 40))], { 'orders-db.cpu': cpu });
    const told: string[] = [];
    reeve.on('labourer.resized', ({ explanation }) => void told.push(explanation));
    const [a, b] = (await reeve.tick()).labourers;
    assert.deepEqual([a?.cap, b?.cap], [7, 10]);
    assert.deepEqual(told, ['a: resize: 10 -> 7, orders-db.cpu 40 > 25']);
    const { health, readings, why } = await reeve.explain('a');
    assert.deepEqual([health, why], [Health.Good, 'orders-db.cpu 40 > 25']);
    assert.deepEqual(readings, [
      { health: 3, reason: 'orders-db.cpu 40 > 25', observedAt: clock.now(), of: 'orders-db.cpu', value: 40, age: 0 },
    ]);
    await reeve.close();
  });

  it('counts the worst of metrics and of what other providers say', async () => {
    const clock = new ManualClock();
    const says = (health: Health): ContainerModule =>
      new ContainerModule(({ bind }) => {
        bind(EcologyProvider).toConstantValue({ assess: async () => ({ health, reason: 'by decree', observedAt: 0 }) });
      });
    const capWith = async (health: Health, value: number) => {
      const reeve = composed({ metrics: { cpu } }, [at(clock), says(health), provide(steady('s', clock, value))]);
      return (await reeve.tick()).labourers.map(({ cap, why }) => `${cap} ${why}`);
    };
    assert.deepEqual(await capWith(Health.Moderate, 40), ['5 by decree', '5 by decree']);
    assert.deepEqual(await capWith(Health.High, 71), ['0 cpu 71 > 50', '10 by decree']);
  });

  it('serves others while a source hangs, and its own by their rule within the deadline', async () => {
    const clock = new ManualClock();
    const hangs = sourceOf('s', () => new Promise(() => {}));
    const reeve = composed({ metrics: { cpu }, onMissing: 'Moderate' }, [at(clock), provide(hangs)]);
    await reeve.enqueue('b', {});
    const tick = reeve.tick();
    await settle();
    assert.deepEqual(await reeve.census(['b']), [{ due: 0, waiting: 0, running: 0, expired: 0 }], 'b is done before anybody gives up');
    await clock.advance(4_500);
    assert.deepEqual(
      (await tick).labourers.map(({ cap }) => cap),
      [5, 10],
    );
  });

  it('asks nobody where nobody has metrics', async () => {
    const clock = new ManualClock();
    const source = steady('s', clock, 99);
    const reeve = composed({}, [at(clock), provide(source)]);
    assert.equal((await reeve.tick()).labourers[0]?.cap, 10);
    assert.equal(source.asked.length, 0);
  });
});

describe('a composition is refused', () => {
  const clock = new ManualClock();

  it('where nobody provides the source of a metric, with the remedy', () => {
    assert.match(
      refused({ metrics: { cpu } }),
      /labourers\.a\.health\.metrics\.cpu: is read from the source "s", which nothing provides \(there is outcomes\); bind a MetricSource of this name/,
    );
    assert.match(
      refused({ metrics: { cpu } }, [provide(steady('t', clock, 1), steady('u', clock, 1))]),
      /"s", which nothing provides \(there is .*t, u.*\); bind/,
    );
    for (const [source, remedy] of [
      ['cloudwatch', /cloudwatchEcology\(\) of @reeve\/ecology-cloudwatch/],
      ['prometheus', /prometheusEcology\({ url }\) of @reeve\/ecology-prometheus/],
      ['probe', /add probes\({ \.\.\. }\) to use/],
    ] as const)
      assert.match(refused({ metrics: { cpu: { ...cpu, source } } }), remedy);
  });

  it('where two sources have one name, or one is none', () => {
    assert.match(
      refused({}, [provide(steady('s', clock, 1), steady('s', clock, 2))]),
      /use \(MetricSource s\): two sources have this name/,
    );
    assert.match(refused({}, [provide({ name: 's' } as never)]), /use \(MetricSource\): it lacks check; give an object/);
    assert.match(refused({}, [provide({ check: () => {}, read: () => {} } as never)]), /it lacks name/);
  });

  it('where the source cannot read the query: it is asked once for each metric', () => {
    let asked = 0;
    const source = sourceOf(
      's',
      () => [],
      (query) => {
        asked += 1;
        return query === 'cpu' ? 'query.namespace: is missing; give one, such as "AWS/RDS"' : undefined;
      },
    );
    const shared = { cpu, fine: { ...cpu, query: 'fine' } };
    const { message } = faultOf(
      () =>
        createReeve({
          metrics: shared,
          labourers: Object.fromEntries(
            ['a', 'b'].map((id) => [id, { maxSimultaneousInvocations: 1, health: { metrics: ['cpu', 'fine'] } }]),
          ),
          use: [memoryStore(), worker, provide(source)],
        }),
      'config',
      'INVALID_COMPOSITION',
    );
    assert.deepEqual(message.split('\n').slice(1), [
      '  labourers.a.health.metrics.cpu: query.namespace: is missing; give one, such as "AWS/RDS" [INVALID_COMPOSITION]',
    ]);
    assert.equal(asked, 2);
    const throws = sourceOf(
      's',
      () => [],
      () => assert.fail('a bug'),
    );
    assert.match(refused({ metrics: { cpu } }, [provide(throws)]), /could not be checked by s: a bug/);
  });

  it('where what attempts came to is nowhere kept', () => {
    const store = new MemoryTaskStore({ clock });
    const bare = new ContainerModule(({ bind }) => {
      bind(TaskStore).toConstantValue(store);
      bind(TaskReader).toConstantValue(store);
    });
    const outcomes = { failureRatio: { levels: { High: '< 0.1' } } };
    const { message } = faultOf(
      () =>
        createReeve({
          labourers: { a: { maxSimultaneousInvocations: 1, health: { adaptive: 'aimd', breaker: true, outcomes } } },
          use: [bare, worker],
        }),
      'config',
      'INVALID_COMPOSITION',
    );
    for (const field of ['adaptive', 'breaker', 'outcomes'])
      assert.match(message, new RegExp(`labourers\\.a\\.health\\.${field}: is kept in a Register`));
  });
});

describe('what sosw 0.7.31 did, and what is done for the same metric, datapoints and 10 queued tasks', () => {
  interface Recorded {
    readonly case: string;
    readonly health_metrics: MetricDefinitions;
    readonly datapoints: readonly number[] | 'empty' | 'error';
    readonly invoked: number;
    readonly error: object | null;
  }
  const recorded: readonly Recorded[] = JSON.parse(readFileSync(new URL('golden/health-0.7.31.json', import.meta.url), 'utf8')).stages[0]
    .results;
  /** Where sosw crashed. Without data the whole cap is assumed, since there is nothing to hold. */
  const mended: Readonly<Record<string, number>> = { 'no datapoints': 10, 'cloudwatch error': 10, 'operator <=': 10, ge: 7, 'ge 80': 10 };

  for (const { case: name, health_metrics, datapoints, invoked, error } of recorded) {
    it(`${name}: ${error ? `crashed; ${mended[name]}` : invoked}`, async () => {
      const clock = new ManualClock();
      const answer = (): Sample => {
        if (datapoints === 'error') return { kind: 'failed', error: new Error('AccessDenied') };
        if (!Array.isArray(datapoints)) return { kind: 'none' };
        return { kind: 'value', value: datapoints.reduce((sum, each) => sum + each, 0) / datapoints.length, at: clock.now() - 60_000 };
      };
      const cloudwatch = sourceOf('cloudwatch', (queries) => queries.map(answer));
      const begun: unknown[] = [];
      const reeve = createReeve({
        labourers: { w0: { maxSimultaneousInvocations: 10, health: { metrics: health_metrics } } },
        use: [
          memoryStore(),
          at(clock),
          provide(cloudwatch),
          inProcessInvoker({ handlers: { w0: (payload) => new Promise(() => void begun.push(payload)) } }),
        ],
      });
      await reeve.enqueueMany(
        'w0',
        Array.from({ length: 20 }, (_, n) => ({ payload: n })),
      );
      void reeve.tick();
      await settle(50);
      assert.equal(begun.length, error ? mended[name] : invoked);
      assert.equal(cloudwatch.asked.length, 1);
    });
  }
});
