import {
  type ClaimRequest,
  type Clock,
  Doorbell,
  defineLabourers,
  Events,
  type Labourer,
  type Lease,
  limitedStore,
  MINUTE,
  SettingsBoard,
  type TaskStore,
} from '@reeve/core';
import { CountingChance } from '../../../counting-chance.ts';
import type { WholeBench } from '../../bench.ts';
import { eitherOf } from '../../crowd.ts';
import { json, newToken, PLENTY, range } from '../../given.ts';

/** Units of the resource that `wide` and `narrow` share. */
export const UNITS = 10;
export const UNITS_OF: Readonly<Record<string, number>> = { wide: 3, narrow: 2 };
export const RATE = { starts: 10, per: 1_000, burst: 4 } as const;

export const limited: readonly Labourer[] = defineLabourers(
  {
    wide: { maxSimultaneousInvocations: 20, draws: { db: 3 } },
    narrow: { maxSimultaneousInvocations: 20, draws: { db: 2 } },
    timed: { maxSimultaneousInvocations: 50, rate: { starts: 10, per: 'second', burst: 4 } },
    tenants: { maxSimultaneousInvocations: 50, ratePerKey: { starts: 10, per: 'second', burst: 4 } },
  },
  { db: UNITS },
);

/** Longer than anybody sleeps who tries again; whoever waits for longer waits for a store that does not answer. */
const SHORT = 1_000;

/** The time of the bench, at which whoever tries again soon does so at once: the time of a bench stands still. */
const impatient = ({ clock }: WholeBench): Clock => ({
  now: () => clock.now(),
  sleep: (wait, signal) =>
    new Promise((resolve) => {
      if (wait <= SHORT) setImmediate(resolve);
      else signal?.addEventListener('abort', () => resolve(), { once: true });
    }),
});

export interface Process {
  readonly store: TaskStore;
  readonly settings: SettingsBoard;
}

/** So many processes that keep to limits, half of them over each connection. */
export const processes = (bench: WholeBench, count: number): readonly Process[] => {
  // One for all: what it counts is new for each of them.
  const chance = new CountingChance();
  return range(count).map((n) => {
    const register = n % 2 ? bench.peer : bench.store;
    const common = { labourers: limited, register, clock: impatient(bench), chance };
    const store = limitedStore({
      ...common,
      store: eitherOf(bench, n),
      reader: eitherOf(bench, n),
      events: new Events(),
      doorbell: new Doorbell(),
    });
    return { store, settings: new SettingsBoard(common) };
  });
};

export const ask = (labourer: string, limit: number, lease: number = MINUTE): ClaimRequest => ({
  labourer,
  token: newToken(),
  cap: PLENTY,
  limit,
  lease,
});

export const fill = async ({ store }: WholeBench, labourer: string, count: number, key?: string): Promise<void> => {
  const named = key === undefined ? {} : { key };
  await store.enqueue(range(count).map((n) => ({ labourer, id: `${labourer}-${key}-${n}`, payload: json('{}'), ...named })));
};

/** What these leases hold. */
export const unitsOf = (leases: readonly Lease[]): number => leases.reduce((sum, { labourer }) => sum + (UNITS_OF[labourer] ?? 0), 0);
