import type { JsonText, RedriveOutcome, TaskKey } from '@reeve/core';
import { refOf } from '@reeve/core';
import { tokenNow } from '../../mutants/twist.ts';
import type { WholeStore } from '../../store/bench.ts';
import type { SimOptions } from '../options.ts';
import { type Canary, planting } from './canary.ts';

/** An operator who has much to do, and tasks with all that can be asked of them. */
const busy = ({ tasks }: SimOptions): Partial<SimOptions> => ({
  operations: 24,
  urgent: 0.6,
  hasty: 0.3,
  followed: 0.7,
  tasks: Math.max(8, tasks),
});

/** The attempts that run these tasks now. */
const attemptsAt = async (store: WholeStore, keys: readonly TaskKey[]) => {
  const tokens = await Promise.all(keys.map((each) => tokenNow(store, each)));
  return keys.flatMap((each, n) => (tokens[n] === undefined ? [] : [{ labourer: each.labourer, id: each.id, token: tokens[n] }]));
};

/** Faults with priorities, expiries, what an operator does, registers and outboxes. */
export const portCanaries: readonly Canary[] = [
  {
    name: 'takes tasks as they come, whatever their priority',
    breaks: ['order'],
    within: 10,
    adjust: busy,
    store: planting((honest) => {
      const priorities = new Map<string, number>();
      return {
        enqueue: (tasks) => {
          for (const { id, priority = 0 } of tasks) if (!priorities.has(id)) priorities.set(id, priority);
          return honest.enqueue(tasks.map(({ priority: _, ...each }) => each));
        },
        find: async (key) => {
          const record = await honest.find(key);
          return record && { ...record, priority: priorities.get(key.id) ?? 0 };
        },
      };
    }),
  },
  {
    name: 'claims a task that is to be dropped',
    of: 'BullMQ: no expiry of what waits',
    breaks: ['order'],
    within: 20,
    adjust: busy,
    store: planting((honest) => ({ enqueue: (tasks) => honest.enqueue(tasks.map(({ expiresAt: _, ...each }) => each)) })),
  },
  {
    name: 'drops a retry whose time had run out',
    breaks: ['order', 'lost', 'attempts', 'ends'],
    within: 60,
    adjust: busy,
    store: planting((honest, { clock }) => {
      const expiries = new Map<string, number>();
      return {
        enqueue: (tasks) => {
          for (const { id, expiresAt } of tasks) if (expiresAt !== undefined && !expiries.has(id)) expiries.set(id, expiresAt);
          return honest.enqueue(tasks);
        },
        claim: async (request) => {
          const answer = await honest.claim(request);
          const late = answer.leases.filter(({ id, attempt }) => attempt > 1 && (expiries.get(id) ?? clock.now() + 1) <= clock.now());
          await honest.settle(late.map((each) => ({ ...refOf(each), kind: 'dead', error: 'out of time' })));
          const dropped = [...(answer.dropped ?? []), ...late.map(({ labourer, id }) => ({ labourer, id }))];
          return { ...answer, leases: answer.leases.filter((each) => !late.includes(each)), dropped };
        },
      };
    }),
  },
  {
    name: 'ends a running task at once when it is cancelled, and frees its place',
    of: 'pg-boss; River',
    breaks: ['cap', 'order', 'fence', 'ends'],
    within: 40,
    adjust: busy,
    store: planting((honest) => ({
      cancel: async (keys) => {
        const refs = await attemptsAt(honest, keys);
        const outcomes = await honest.cancel(keys);
        await honest.settle(refs.map((each) => ({ ...each, kind: 'released' })));
        return outcomes;
      },
    })),
  },
  {
    name: 'lets a task that is to be cancelled be queued again by its own failure',
    breaks: ['fence'],
    within: 60,
    adjust: busy,
    store: planting((honest) => {
      const end: WholeStore['settle'] = async (verdicts) => {
        const outcomes = await honest.settle(verdicts);
        const again = verdicts.filter(({ kind }, n) => outcomes[n] === 'cancelled' && kind === 'retry');
        await honest.redrive(again.map(({ labourer, id }) => ({ labourer, id })));
        return outcomes.map((each, n) => (each === 'cancelled' && verdicts[n]?.kind === 'retry' ? 'applied' : each));
      };
      return { settle: end, reap: async (verdicts) => end(await expiredOnly(honest, verdicts)) };
    }),
  },
  {
    name: 'renews the lease of an attempt whose task is to be cancelled',
    breaks: ['fence'],
    within: 100,
    adjust: (drawn) => ({ ...busy(drawn), workers: 0, plays: { ...drawn.plays, long: 3 } }),
    store: planting((honest, { clock }) => ({
      renew: async (renewals) =>
        (await honest.renew(renewals)).map((each, n) =>
          each.kind === 'cancelled' ? { kind: 'renewed', deadline: clock.now() + (renewals[n]?.lease ?? 0) } : each,
        ),
    })),
  },
  {
    name: 'redrives by putting, then deleting',
    of: 'sosw 3',
    breaks: ['operator', 'order'],
    within: 60,
    adjust: busy,
    store: planting((honest, { chance, step }) => {
      /** Still among the dead, and in the queue as well. */
      const twice = new Set<string>();
      const redriveOne = async (key: TaskKey): Promise<RedriveOutcome> => {
        const state = (await honest.find(key))?.state;
        const isDead = state === 'dead' || state === 'cancelled' || state === 'dropped' || twice.has(key.id);
        if (!isDead) return (await honest.redrive([key]))[0] ?? 'unknown';
        await honest.redrive([key]);
        twice.add(key.id);
        await step();
        if (chance.random() < 0.3) throw new Error('the process died between put and delete');
        twice.delete(key.id);
        return 'queued';
      };
      return {
        redrive: async (redrives) => {
          const outcomes: RedriveOutcome[] = [];
          for (const each of redrives) outcomes.push(await redriveOne(each));
          return outcomes;
        },
      };
    }),
  },
  {
    name: 'lets an operator queue a task again that is at work',
    breaks: ['operator'],
    within: 40,
    adjust: busy,
    store: planting((honest) => ({
      redrive: async (redrives) => {
        const refs = await attemptsAt(honest, redrives);
        await honest.settle(refs.map((each) => ({ ...each, kind: 'released' })));
        const outcomes = await honest.redrive(redrives);
        return outcomes.map((each, n) => (refs.some(({ id }) => id === redrives[n]?.id) ? 'queued' : each));
      },
    })),
  },
  {
    name: 'looks whether a task waits, then cancels it',
    breaks: ['operator', 'order', 'fence', 'cap'],
    within: 100,
    adjust: busy,
    store: planting((honest, { step }) => ({
      cancel: async (keys) => {
        const records = await Promise.all(keys.map((each) => honest.find(each)));
        await step();
        const outcomes = await honest.cancel(keys);
        return outcomes.map((each, n) => (records[n]?.state === 'queued' ? 'cancelled' : each));
      },
    })),
  },
  {
    name: 'gives a worker the payload that came in the place of the one it started with',
    breaks: ['bytes', 'operator'],
    within: 40,
    adjust: busy,
    store: planting((honest) => {
      const payloads = new Map<string, JsonText>();
      return {
        replace: async (replacements) => {
          for (const { id, payload } of replacements) payloads.set(id, payload);
          return honest.replace(replacements);
        },
        claim: async (request) => {
          const answer = await honest.claim(request);
          return { ...answer, leases: answer.leases.map((each) => ({ ...each, payload: payloads.get(each.id) ?? each.payload })) };
        },
      };
    }),
  },
  {
    name: 'puts the end of a task into the outbox before its verdict',
    breaks: ['outbox'],
    within: 20,
    adjust: busy,
    store: planting((honest, { clock }) => ({
      outbox: async (labourers, limit) => {
        const ends = await honest.outbox(labourers, limit);
        const running = await Promise.all(labourers.map((labourer) => honest.list({ labourer, state: 'running', limit: 10 })));
        const early = running.flatMap(({ tasks }) => tasks).map(({ labourer, id }) => ({ labourer, id }));
        const follow = '[]' as JsonText;
        return [...ends, ...early.map((each) => ({ ...each, state: 'completed' as const, endedAt: clock.now(), follow }))].slice(0, limit);
      },
    })),
  },
  {
    name: 'writes what follows after the verdict, and may die in between',
    breaks: ['outbox', 'ends'],
    within: 40,
    adjust: busy,
    store: planting((honest, { chance }) => ({
      settle: async (verdicts) => {
        const outcomes = await honest.settle(verdicts);
        const ended = verdicts.filter((_, n) => outcomes[n] === 'applied' && chance.random() < 0.1);
        const records = await Promise.all(ended.map((each) => honest.find(each)));
        await honest.takeOut(records.flatMap((each) => (each && 'endedAt' in each ? [each] : [])));
        return outcomes;
      },
    })),
  },
  {
    name: 'has no end of what was dropped or cancelled',
    breaks: ['outbox', 'ends'],
    within: 40,
    adjust: busy,
    store: planting((honest) => ({
      outbox: async (labourers, limit) =>
        (await honest.outbox(labourers, limit)).filter(({ state }) => state === 'completed' || state === 'dead'),
    })),
  },
  {
    name: 'shows the newest ends first',
    breaks: ['outbox'],
    within: 20,
    adjust: busy,
    store: planting((honest) => ({
      outbox: async (labourers, limit) => [...(await honest.outbox(labourers, 1_000))].reverse().slice(0, limit),
    })),
  },
  {
    name: 'reads an entry, then writes it',
    breaks: ['register'],
    within: 60,
    adjust: (drawn) => ({ ...busy(drawn), store: { ...drawn.store, delay: [1, 1], errorAfter: 0.4 } }),
    store: planting((honest) => ({
      change: async (changes) => {
        await honest.change(changes.map(({ expected: _, ...each }) => each));
        return { at: 0, outcomes: changes.map(() => ({ kind: 'written' })) };
      },
    })),
  },
];

/** A reap leaves alone what is not expired. */
const expiredOnly = async <Ask extends TaskKey & { readonly token: string }>(store: WholeStore, asks: readonly Ask[]): Promise<Ask[]> => {
  const late = await store.expired([...new Set(asks.map(({ labourer }) => labourer))], 1_000);
  return asks.map((each) => (late.some(({ id, token }) => id === each.id && token === each.token) ? each : { ...each, token: '' }));
};
