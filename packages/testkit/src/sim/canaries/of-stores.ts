import { type Clock, type EpochMs, MemoryTaskStore } from '@reeve/core';
import { unfenced, verbsOf } from '../../mutants/twist.ts';
import type { Store } from '../../store/bench.ts';
import type { SimOptions } from '../options.ts';
import { type Canary, planting } from './canary.ts';

const NO_CAP = Number.MAX_SAFE_INTEGER;

const running = async (store: Store, labourer: string): Promise<number> => (await store.census([labourer]))[0]?.running ?? 0;

/** More than one who claims, and enough to claim. */
const crowded = () => ({ ticking: 2, daemons: 2, tasks: 24 });

/** Nearly all tasks have keys, and the cap leaves room for several of each. */
const keyed = ({ versions }: SimOptions): Partial<SimOptions> => ({
  ...crowded(),
  keyed: 0.9,
  versions: versions.map((each) =>
    Object.fromEntries(
      Object.entries(each).map(([name, definition]) => [name, { ...definition, maxSimultaneousInvocations: 8, perKey: 1 }]),
    ),
  ),
});

/** How many of each key run, by the store's own list. */
const runningByKey = async (store: Store, labourer: string, now: EpochMs): Promise<ReadonlyMap<string, number>> => {
  const counts = new Map<string, number>();
  const { tasks } = await store.list({ labourer, state: 'running', limit: 1_000 });
  for (const each of tasks)
    if (each.state === 'running' && each.key !== undefined && each.deadline > now) counts.set(each.key, (counts.get(each.key) ?? 0) + 1);
  return counts;
};

/** Faults that any store may have. */
export const storeCanaries: readonly Canary[] = [
  {
    name: 'counts, then claims',
    of: 'pg-boss; sosw 1',
    breaks: ['cap', 'order'],
    within: 60,
    adjust: crowded,
    store: planting((honest, { step }) => ({
      claim: async (request) => {
        const room = request.cap - (await running(honest, request.labourer));
        await step();
        return honest.claim({ ...request, cap: NO_CAP, limit: Math.max(0, Math.min(request.limit, room)) });
      },
    })),
  },
  {
    name: 'counts a key, then claims',
    breaks: ['cap', 'order'],
    within: 60,
    adjust: keyed,
    store: planting((honest, { clock, step }) => ({
      claim: async ({ perKey, ...request }) => {
        if (perKey === undefined) return honest.claim(request);
        const before = await runningByKey(honest, request.labourer, clock.now());
        await step();
        const after = await runningByKey(honest, request.labourer, clock.now());
        // What came between the count and the claim is not known to it.
        const unseen = Math.max(0, ...[...after].map(([key, runs]) => runs - (before.get(key) ?? 0)));
        return honest.claim({ ...request, perKey: perKey + unseen });
      },
    })),
  },
  {
    name: "frees a key's place twice",
    breaks: ['cap', 'order'],
    within: 60,
    adjust: keyed,
    store: planting((honest) => {
      let freed = 0;
      return {
        settle: async (verdicts) => {
          const outcomes = await honest.settle(verdicts);
          freed += outcomes.filter((each) => each === 'repeated').length;
          return outcomes;
        },
        claim: ({ perKey, ...request }) => honest.claim({ ...request, ...(perKey !== undefined && { perKey: perKey + freed }) }),
      };
    }),
  },
  {
    name: 'counts what an index says that lags behind',
    of: 'sosw 1',
    breaks: ['cap', 'order'],
    within: 60,
    adjust: crowded,
    store: planting((honest, { clock }) => {
      const seen = new Map<string, { readonly at: EpochMs; readonly running: number }>();
      return {
        claim: async (request) => {
          const known = seen.get(request.labourer);
          const count = known && clock.now() - known.at < 2_000 ? known.running : await running(honest, request.labourer);
          if (count !== known?.running) seen.set(request.labourer, { at: clock.now(), running: count });
          return honest.claim({ ...request, cap: NO_CAP, limit: Math.max(0, Math.min(request.limit, request.cap - count)) });
        },
      };
    }),
  },
  {
    name: 'takes a verdict of whatever attempt',
    of: 'pg-boss, River and graphile-worker',
    breaks: ['fence'],
    within: 60,
    store: planting((honest) => ({
      settle: async (verdicts) => honest.settle(await Promise.all(verdicts.map((each) => unfenced(honest, each)))),
    })),
  },
  {
    name: 'lets the clock of whoever asks say what is due and expired',
    breaks: ['lease', 'due', 'order', 'fence', 'ends'],
    within: 20,
    store: ({ clock }) => {
      let asking: Pick<Clock, 'now'> = clock;
      const store = new MemoryTaskStore({ clock: { now: () => asking.now() } });
      const verbs = verbsOf(store);
      // A verb is looked up as it is called, and the memory store reads the time before anything else happens.
      const connect = (own: Pick<Clock, 'now'>): Store =>
        new Proxy(verbs, {
          get: (target, name) => {
            asking = own;
            return Reflect.get(target, name) as unknown;
          },
        });
      return { store, connect };
    },
  },
  {
    name: 'makes a task anew when it is enqueued again',
    breaks: ['once', 'lost', 'ends'],
    within: 60,
    store: planting((honest) => {
      let copies = 0;
      return {
        enqueue: async (tasks) => {
          const answers = await honest.enqueue(tasks);
          const again = tasks.filter((_, n) => answers[n] === 'duplicate');
          copies += 1;
          await honest.enqueue(again.map((each) => ({ ...each, id: `${each.id}-${copies}` })));
          return tasks.map(() => 'created');
        },
      };
    }),
  },
  {
    name: 'says of a lease that is over that it was renewed',
    breaks: ['fence'],
    within: 100,
    store: planting((honest, { clock }) => ({
      renew: async (renewals) =>
        (await honest.renew(renewals)).map((answer, n) =>
          answer.kind === 'stale' ? { kind: 'renewed', deadline: clock.now() + (renewals[n]?.lease ?? 0) } : answer,
        ),
    })),
  },
  {
    name: 'does not name a labourer whose tasks are retries',
    breaks: ['due'],
    within: 60,
    store: planting((honest) => ({
      labourersWithDue: async (labourers) => {
        const fresh = await Promise.all(
          labourers.map(async (labourer) =>
            (await honest.list({ labourer, state: 'queued', limit: 100 })).tasks.some((each) => each.attempts === 0),
          ),
        );
        return new Set(labourers.filter((_, n) => fresh[n]));
      },
    })),
  },
  {
    name: 'counts an attempt that was given back',
    breaks: ['attempts', 'order'],
    within: 60,
    store: planting((honest) => ({
      settle: (verdicts) =>
        honest.settle(
          verdicts.map((each) => (each.kind === 'released' ? { ...each, kind: 'retry', after: each.after ?? 0, error: 'released' } : each)),
        ),
    })),
  },
];
