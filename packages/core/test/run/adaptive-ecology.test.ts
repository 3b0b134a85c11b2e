import assert from 'node:assert/strict';
import {
  AdaptiveEcology,
  Chance,
  Clock,
  defineLabourers,
  Health,
  Invoker,
  type Labourer,
  Labourers,
  limitInForce,
  MemoryTaskStore,
  OutcomeSource,
  Reeve,
  Register,
  reeveModule,
  startAdaptive,
  TaskReader,
  TaskStore,
} from '@reeve/core';
import { CountingChance, ManualClock } from '@reeve/testkit';
import { Container } from 'inversify';
import { describe, it } from 'vitest';
import { adaptiveLabourers, BEGINNING, outcomeRig, WINDOW } from './outcome-rig.ts';
import { done, invokerOf, type Play, settle } from './rig.ts';

const breaker = { failures: 0.5, atLeast: 10, openFor: 30_000 } as const;
const failed = { kind: 'finished', report: { kind: 'failed', error: 'no' } } as const;

/** A whole composition around one memory store and a manual clock. */
const whole = (play: Play, own: Partial<Labourer['health']>) => {
  const clock = new ManualClock();
  const store = new MemoryTaskStore({ clock });
  const [plain] = defineLabourers({ a: { maxSimultaneousInvocations: 40, retry: { kind: 'fixed', wait: 0 } as never } }) as readonly [
    Labourer,
  ];
  const container = new Container();
  container.load(reeveModule());
  container.bind(Labourers).toConstantValue([{ ...plain, maxAttempts: 100, health: { ...plain.health, ...own } }]);
  container.bind(TaskStore).toConstantValue(store);
  container.bind(TaskReader).toConstantValue(store);
  container.bind(Register).toConstantValue(store);
  container.bind(Clock).toConstantValue(clock);
  container.bind(Chance).toConstantValue(new CountingChance());
  container.bind(Invoker).toConstantValue(invokerOf(play));
  return { clock, reeve: container.get(Reeve) };
};

describe('a composition whose labourer has a breaker', () => {
  it('stops, probes with one task, and comes back by twice as many', async () => {
    let isDown = true;
    const { clock, reeve } = whole(() => (isDown ? failed : done), { breaker });
    const tick = async (): Promise<readonly [number, number | undefined]> => {
      await clock.advance(WINDOW * 1.3);
      const { labourers } = await reeve.tick();
      await settle();
      return [labourers[0]?.claimed ?? 0, labourers[0]?.cap];
    };
    await reeve.enqueueMany(
      'a',
      Array.from({ length: 400 }, () => ({ payload: {} })),
    );
    assert.deepEqual(await tick(), [40, 40]);
    await tick(); // what was counted is added here
    assert.deepEqual(await tick(), [0, 0]);
    const { readings } = await reeve.explain('a');
    assert.match(readings[0]?.reason ?? '', /^breaker open since .*, 100 % of 40 failed; probes at /);
    assert.equal(readings[0]?.health, Health.Bad);
    await clock.advance(30_000);
    assert.deepEqual(await tick(), [1, 1]);
    isDown = false;
    let most = 0;
    for (let n = 0; n < 40 && most < 40; n += 1) {
      await clock.advance(30_000);
      most = Math.max(most, (await tick())[1] ?? 0);
    }
    assert.equal(most, 40);
    await reeve.close();
  });
});

describe('a composition whose labourer has an adaptive cap', () => {
  it('begins where it is to begin, and does not grow where nothing is seen running', async () => {
    const adaptive = { kind: 'aimd', floor: 1, ceiling: 40, initial: 4, window: WINDOW } as const;
    const { clock, reeve } = whole(() => done, { adaptive });
    await reeve.enqueueMany(
      'a',
      Array.from({ length: 1_000 }, () => ({ payload: {} })),
    );
    const caps: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      await clock.advance(WINDOW * 1.3);
      caps.push((await reeve.tick()).labourers[0]?.cap ?? 0);
    }
    assert.equal(caps[0], limitInForce(adaptive, startAdaptive(adaptive, 0)));
    // A tick ends what it starts: between two of them nothing runs.
    assert.ok(
      caps.every((each) => each <= 4),
      caps.join(),
    );
    await reeve.close();
  });
});

describe('adaptive ecology', () => {
  it('has nothing to say of labourers that ask for nothing', async () => {
    const { process, clock, calls } = outcomeRig(defineLabourers({ l0: { maxSimultaneousInvocations: 2 } }));
    const { book, events } = process();
    const [labourer] = defineLabourers({ l0: { maxSimultaneousInvocations: 2 } }) as readonly [Labourer];
    assert.deepEqual(await new AdaptiveEcology({ book, clock, events }).assess(labourer), []);
    assert.equal(calls.look, 0);
  });

  it('goes by what was heard last while the register fails or hangs, and else by what it begins with', async () => {
    for (const trouble of ['fails', 'hangs'] as const) {
      let isDown = true;
      const { process, clock, pass, labourers } = outcomeRig(adaptiveLabourers(1, { breaker }), (honest) => ({
        look: (names) => {
          if (!isDown) return honest.look(names);
          return trouble === 'fails' ? Promise.reject(new Error('down')) : new Promise(() => {});
        },
      }));
      const { book, events, end } = process();
      const ecology = new AdaptiveEcology({ book, clock, events });
      const ask = async (): Promise<readonly (number | undefined)[]> => {
        const asked = ecology.assess(labourers[0] as Labourer);
        await pass(2_000);
        return (await asked).map(({ limit }) => limit);
      };
      assert.deepEqual(await ask(), [BEGINNING, undefined]);
      isDown = false;
      await pass(120_000);
      await ask();
      end(60, 40);
      await pass(WINDOW * 1.3);
      await ask();
      await pass(WINDOW * 1.3);
      assert.equal((await ask())[1], 0);
      isDown = true;
      await pass(WINDOW * 1.3);
      assert.equal((await ask())[1], 0, trouble);
      await pass(30_000);
      assert.equal((await ask())[1], 1, 'the time goes on here, whoever answers');
    }
  });
});

describe('the source of outcomes', () => {
  it('says what is wrong with a query', () => {
    const { process } = outcomeRig();
    const source = new OutcomeSource(process().book);
    assert.equal(source.check({ labourer: 'a', of: 'failureRatio' }), undefined);
    for (const bad of ['a', null, [], {}, { labourer: 'a', of: 'luck' }, { of: 'failureRatio' }])
      assert.match(source.check(bad) ?? '', /asks for no outcome; give \{ "labourer": its name/);
  });

  it('has a value where enough has ended, in the order of the queries', async () => {
    const { process, pass } = outcomeRig();
    const { book, end } = process();
    await book.refresh();
    end(20, 5);
    await pass(WINDOW * 1.3);
    await book.refresh();
    await pass(WINDOW * 1.3);
    const queries = [
      { labourer: 'l0', of: 'failureRatio' },
      { labourer: 'nobody', of: 'failureRatio' },
      { labourer: 'l0', of: 'latencyRatio' },
    ];
    const [failures, nobody, latency] = await new OutcomeSource(book).read(queries);
    assert.ok(failures?.kind === 'value' && failures.value === 0.25);
    assert.deepEqual(nobody, { kind: 'none' });
    assert.ok(latency?.kind === 'value' && latency.value === 1);
  });

  it('throws what the register throws', async () => {
    const { process } = outcomeRig(undefined, () => ({ look: () => Promise.reject(new Error('down')) }));
    await assert.rejects(new OutcomeSource(process().book).read([{ labourer: 'l0', of: 'failureRatio' }]), /down/);
  });
});
