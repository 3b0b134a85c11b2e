import { type ExpiryVerdict, type JsonText, type Lease, MemoryTaskStore, type Millis } from '@reeve/core';
import { tokenNow, verbsOf } from '../../mutants/twist.ts';
import type { Store } from '../../store/bench.ts';
import type { SimStoreFactory } from '../sim-store.ts';
import { type Canary, planting } from './canary.ts';

/**
 * Two tables, as sosw has them: what failed is put into the one for retries, and only then deleted from the first. A process that dies
 * in between leaves it in both, and a worker that reports in between has its report forgotten.
 */
const twoTables: SimStoreFactory = ({ clock, chance }) => {
  const first = verbsOf(new MemoryTaskStore({ clock }));
  const retries = verbsOf(new MemoryTaskStore({ clock }));
  const attemptsBefore = new Map<string, number>();
  const homeOf = async (key: { labourer: string; id: string; token?: string }): Promise<Store> =>
    (await retries.find(key)) && (key.token === undefined || (await tokenNow(first, key)) !== key.token) ? retries : first;
  const move = async ({ labourer, id, token, after }: Extract<ExpiryVerdict, { kind: 'retry' }>) => {
    const record = await first.find({ labourer, id });
    if (record?.state !== 'running' || record.token !== token) return 'stale' as const;
    await retries.enqueue([{ labourer, id, payload: record.payload, due: clock.now() + after }]);
    attemptsBefore.set(id, record.attempts);
    await clock.sleep(chance.random() * 50);
    if (chance.random() < 0.1) throw new Error('the process died between put and delete');
    await first.settle([{ labourer, id, token, kind: 'dead', error: 'moved' }]);
    return 'applied' as const;
  };
  const counted = (lease: Lease): Lease => ({ ...lease, attempt: lease.attempt + (attemptsBefore.get(lease.id) ?? 0) });
  const claim: Store['claim'] = async (request) => {
    const busy = (await Promise.all([first, retries].map((each) => each.census([request.labourer])))).map(
      ([counts]) => counts?.running ?? 0,
    );
    const late = await retries.claim({ ...request, cap: request.cap - (busy[0] ?? 0) });
    const limit = request.limit - late.leases.length;
    const fresh = await first.claim({ ...request, limit, cap: request.cap - (busy[1] ?? 0) - late.leases.length });
    return { leases: [...late.leases.map(counted), ...fresh.leases] };
  };
  const each = async <Ask extends { labourer: string; id: string; token: string }, Answer>(
    asks: readonly Ask[],
    answer: (home: Store, ask: Ask) => Promise<Answer>,
  ): Promise<Answer[]> => {
    const answers: Answer[] = [];
    for (const ask of asks) answers.push(await answer(await homeOf(ask), ask));
    return answers;
  };
  const store: Store = {
    ...first,
    claim,
    settle: (verdicts) => each(verdicts, async (home, verdict) => (await home.settle([verdict]))[0]!),
    exchange: async (verdicts, request) => ({ outcomes: await store.settle(verdicts), ...(await claim(request)) }),
    renew: (renewals) => each(renewals, async (home, renewal) => (await home.renew([renewal]))[0]!),
    reap: (verdicts) =>
      each(verdicts, async (home, verdict) =>
        home === first && verdict.kind === 'retry' ? move(verdict) : (await home.reap([verdict]))[0]!,
      ),
    expired: async (labourers, limit) =>
      (await Promise.all([first, retries].map((table) => table.expired(labourers, limit)))).flat().sort((a, b) => a.deadline - b.deadline),
    labourersWithDue: async (labourers) =>
      new Set((await Promise.all([first, retries].map(async (table) => [...(await table.labourersWithDue(labourers))]))).flat()),
    find: async (key) => (await retries.find(key)) ?? first.find(key),
  };
  return { store };
};

const FIXED_LEASE: Millis = 1_200_000;

/** What sosw's tables get wrong: the numbers are those of its list of defects. */
export const soswTableCanaries: readonly Canary[] = [
  {
    name: 'puts into another table, then deletes',
    of: 'sosw 3',
    breaks: ['fence', 'order', 'lease', 'lost', 'attempts', 'due'],
    within: 60,
    store: twoTables,
  },
  {
    name: 'queues a task behind the last one, in steps that run ahead of the time',
    of: 'sosw 4',
    breaks: ['order', 'due', 'ends', 'prompt'],
    within: 20,
    store: planting((honest, { clock }) => {
      let newest = 0;
      return {
        enqueue: (tasks) =>
          honest.enqueue(
            tasks.map((each) => {
              newest = Math.max(newest + 2_000, clock.now());
              return { ...each, due: Math.max(each.due ?? 0, newest) };
            }),
          ),
      };
    }),
  },
  {
    name: 'writes a row for a report on a task that is not there',
    of: 'sosw 6',
    breaks: ['fence', 'report'],
    within: 60,
    store: planting((honest) => ({
      settle: async (verdicts) => {
        const known = await Promise.all(verdicts.map((each) => honest.find(each)));
        const outcomes = await honest.settle(verdicts);
        return outcomes.map((outcome, n) => (known[n] ? outcome : 'applied'));
      },
    })),
  },
  {
    name: 'forgets a report that comes after the deadline',
    of: 'sosw 6',
    breaks: ['fence'],
    within: 60,
    store: planting((honest, { clock }) => ({
      settle: async (verdicts) => {
        const records = await Promise.all(verdicts.map((each) => honest.find(each)));
        const late = verdicts.map((_, n) => {
          const record = records[n];
          return record?.state === 'running' && record.deadline <= clock.now();
        });
        const outcomes = [...(await honest.settle(verdicts.filter((_, n) => !late[n])))];
        return verdicts.map((_, n) => (late[n] ? 'stale' : (outcomes.shift() ?? 'stale')));
      },
    })),
  },
  {
    name: 'keeps a closed task with its payload written by another hand',
    of: 'sosw 8',
    breaks: ['bytes'],
    within: 20,
    store: planting((honest) => ({
      find: async (key) => {
        const record = await honest.find(key);
        return record?.state === 'completed' ? { ...record, payload: record.payload.replaceAll('"', "'") as JsonText } : record;
      },
    })),
  },
  {
    name: 'takes a text of digits for a number',
    of: 'sosw 9',
    breaks: ['bytes'],
    within: 30,
    store: planting((honest) => ({
      find: async (key) => {
        const record = await honest.find(key);
        if (record?.state !== 'completed' || record.result === undefined) return record;
        return { ...record, result: record.result.replace(/^"0*(\d+)"$/, '$1') as JsonText };
      },
    })),
  },
  {
    name: 'cannot keep statistics with a dash or a space in a name',
    of: 'sosw 9',
    breaks: ['prompt', 'attempts', 'ends'],
    within: 30,
    adjust: ({ workers }) => ({ workers: Math.max(1, workers) }),
    store: planting((honest) => ({
      settle: async (verdicts) => {
        if (verdicts.some((each) => each.kind === 'completed' && each.stats?.includes('-'))) throw new Error('ValidationException');
        return honest.settle(verdicts);
      },
    })),
  },
  {
    name: 'has one length for all leases',
    of: 'sosw 10',
    breaks: ['lease'],
    within: 5,
    store: planting((honest) => ({ claim: (request) => honest.claim({ ...request, lease: FIXED_LEASE }) })),
  },
  {
    name: 'marks a failure and lets the lease run out all the same',
    of: 'sosw 11',
    breaks: ['order', 'fence', 'due', 'lease', 'ends'],
    within: 60,
    store: planting((honest) => ({
      settle: async (verdicts) => {
        const outcomes = [...(await honest.settle(verdicts.filter(({ kind }) => kind !== 'retry')))];
        return verdicts.map(({ kind }) => (kind === 'retry' ? 'applied' : (outcomes.shift() ?? 'stale')));
      },
    })),
  },
];
