import assert from 'node:assert/strict';
import {
  Chance,
  Clock,
  createReeve,
  inProcessInvoker,
  MemoryTaskStore,
  MINUTE,
  type ReeveOptions,
  Register,
  SECOND,
  TaskReader,
  TaskStore,
} from '@reeve/core';
import { CountingChance, ManualClock } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { describe, expectTypeOf, it } from 'vitest';
import { settle } from '../run/rig.ts';
import { NOON } from './rig.ts';

const LABOURERS = { mill: { maxSimultaneousInvocations: 5 }, forge: { maxSimultaneousInvocations: 5 } };

/** A whole composition by a clock that stands still, and how often its register is asked. */
const composed = (schedules?: ReeveOptions<typeof LABOURERS>['schedules']) => {
  const clock = new ManualClock(NOON + 1);
  const store = new MemoryTaskStore({ clock });
  const looked: string[] = [];
  const register: Register = {
    look: async (names) => {
      looked.push(...names);
      return store.look(names);
    },
    change: (changes) => store.change(changes),
  };
  const done: unknown[] = [];
  const handler = (payload: unknown): void => void done.push(payload);
  const reeve = createReeve({
    labourers: LABOURERS,
    ...(schedules && { schedules }),
    use: [
      inProcessInvoker({ handlers: { mill: handler, forge: handler } }),
      new ContainerModule(({ bind }) => {
        bind(TaskStore).toConstantValue(store);
        bind(TaskReader).toConstantValue(store);
        bind(Register).toConstantValue(register);
        bind(Clock).toConstantValue(clock);
        bind(Chance).toConstantValue(new CountingChance());
      }),
    ],
  });
  return { clock, reeve, done, looked };
};

describe('reeve.run', () => {
  it('fires the schedules of its code, and works at what they make', async () => {
    const { clock, reeve, done } = composed({ pulse: { every: MINUTE, enqueue: { labourer: 'mill', passInstant: true } } });
    const ended = new AbortController();
    const running = reeve.run({ signal: ended.signal });
    for (let n = 0; n < 130; n += 1) {
      await settle(4);
      await clock.advance(SECOND);
    }
    await settle();
    assert.deepEqual(
      done.map((payload) => (payload as { schedule: { instant: string } }).schedule.instant),
      ['2026-01-05T12:01:00.000Z', '2026-01-05T12:02:00.000Z'],
    );
    ended.abort();
    await settle();
    await clock.advance(MINUTE);
    await running;
    await reeve.close();
  });

  it('does not look for schedules unless there are some in its code, or it is asked to', async () => {
    for (const schedules of [undefined, true] as const) {
      const { clock, reeve, looked } = composed();
      const ended = new AbortController();
      const running = reeve.run({ signal: ended.signal, ...(schedules && { schedules }) });
      for (let n = 0; n < 20; n += 1) {
        await settle(4);
        await clock.advance(SECOND);
      }
      assert.equal(looked.includes('schedules'), schedules === true);
      ended.abort();
      await settle();
      await clock.advance(MINUTE);
      await running;
    }
  });
});

describe('the types', () => {
  it('know the labourers', () => {
    const { reeve } = composed();
    // @ts-expect-error: there is no such labourer
    void (() => composed({ pulse: { every: MINUTE, enqueue: { labourer: 'miller' } } }));
    // @ts-expect-error: there is no such labourer
    void (() => reeve.schedules.put('pulse', { every: MINUTE, enqueue: { labourer: 'miller' } }));
    expectTypeOf(reeve.schedules.next).returns.resolves.toEqualTypeOf<readonly number[]>();
  });
});
