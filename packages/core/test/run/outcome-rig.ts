import {
  type Census,
  defineLabourers,
  Events,
  type Labourer,
  limitInForce,
  MemoryTaskStore,
  OutcomeBook,
  type Register,
  startAdaptive,
} from '@reeve/core';
import { CountingChance, ManualClock } from '@reeve/testkit';
import { settle } from './rig.ts';

export const WINDOW = 5_000;

const adaptive = { kind: 'aimd', floor: 1, ceiling: 40, initial: 10, window: WINDOW } as const;

/** Where its limit begins. */
export const BEGINNING: number = limitInForce(adaptive, startAdaptive(adaptive, 0));

/** Labourers whose caps follow their attempts, as many as that. */
export const adaptiveLabourers = (count: number, own: Partial<Labourer['health']> = {}): readonly Labourer[] => {
  const definitions = Array.from({ length: count }, (_, n) => [`l${n}`, { maxSimultaneousInvocations: 40 }]);
  return defineLabourers(Object.fromEntries(definitions)).map((each) => ({ ...each, health: { ...each.health, adaptive, ...own } }));
};

/** Several processes around one store, each with counts of its own. */
export const outcomeRig = (
  labourers: readonly Labourer[] = adaptiveLabourers(1),
  amend: (register: Register) => Partial<Register> = () => ({}),
) => {
  const clock = new ManualClock();
  const store = new MemoryTaskStore({ clock });
  const calls = { look: 0, change: 0, census: 0, changes: 0 };
  const honest: Register = { look: (names) => store.look(names), change: (changes) => store.change(changes) };
  const amended: Register = { ...honest, ...amend(honest) };
  const register: Register = {
    look: (names) => {
      calls.look += 1;
      return amended.look(names);
    },
    change: (changes) => {
      calls.change += 1;
      calls.changes += changes.length;
      return amended.change(changes);
    },
  };
  const running = { count: 10 };
  const reader = {
    census: async (names: readonly string[]): Promise<readonly Census[]> => {
      calls.census += 1;
      return names.map(() => ({ due: 0, waiting: 0, expired: 0, running: running.count }));
    },
  };
  let seed = 0;
  const process = () => {
    seed += 1;
    const own = new CountingChance(seed);
    const prefix = `p${seed}`;
    const chance = { id: () => `${prefix}-${own.id()}`, random: () => own.random() };
    const events = new Events();
    const changed: string[] = [];
    events.on('limit.changed', ({ labourer, from, to }) => changed.push(`${labourer}: ${from ?? 'none'} -> ${to}`));
    events.on('breaker.opened', ({ labourer, why }) => changed.push(`${labourer} opened: ${why}`));
    events.on('breaker.closed', ({ labourer }) => changed.push(`${labourer} closed`));
    const failures: unknown[] = [];
    events.on('store.failed', ({ error }) => failures.push(error));
    const book = new OutcomeBook({ labourers, register, reader, clock, chance, events });
    /** So many attempts of a labourer end here. */
    const end = (ended: number, failed = 0, took = 500, labourer = 'l0'): void => {
      for (let n = 0; n < ended; n += 1) {
        const task = { labourer, id: String(n) };
        events.emit('attempt.ended', { ...task, failed: n < failed });
        if (n >= failed) events.emit('attempt.done', { ...task, took });
      }
    };
    return { book, events, end, changed, failures };
  };
  const pass = async (by: number): Promise<void> => {
    await clock.advance(by);
    await settle(4);
  };
  return { clock, store, register, calls, running, process, pass, labourers };
};
