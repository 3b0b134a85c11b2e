/** What may be wrong with how long ended tasks are kept. */
import type { Keep, Retention, TaskRecord } from '@reeve/core';
import type { WholeStore } from '../store/bench.ts';
import { everyOne } from './choosing.ts';
import { kept, mutant, type StoreMutant } from './twist.ts';

type Ended = Extract<TaskRecord, { readonly endedAt: number }>;

const STATES = ['completed', 'dead', 'cancelled', 'dropped'] as const;

/** Changes what is asked of an honest store. */
const asking = (name: string, change: (retention: Retention) => Retention): StoreMutant =>
  mutant(name, 'M2', (honest) => ({
    maintain: (labourers, retention) =>
      honest.maintain(labourers, retention && new Map([...retention].map(([each, keep]) => [each, change(keep)]))),
  }));

const aged = (keep: Keep | undefined, by: number): Keep => (keep?.age === undefined ? (keep ?? {}) : { ...keep, age: keep.age + by });

/** Forgets, in the eyes of whoever looks, in a way of its own. */
const forgetting = (name: string, choose: (all: readonly Ended[], keep: Retention, now: number) => readonly Ended[]): StoreMutant =>
  mutant(name, 'M2', (honest, tools) => {
    const gone = kept(tools, 'gone', () => new Set<string>());
    const ended = async (store: WholeStore, labourer: string): Promise<readonly Ended[]> => {
      const all = (await Promise.all(STATES.map((state) => everyOne(store, labourer, state)))).flat();
      const open = all.filter((each): each is Ended => 'endedAt' in each && !gone.has(each.id));
      return open.sort((a, b) => b.endedAt - a.endedAt);
    };
    return {
      maintain: async (labourers, retention = new Map()) => {
        for (const labourer of labourers) {
          const keep = retention.get(labourer);
          if (keep) for (const { id } of choose(await ended(honest, labourer), keep, tools.clock.now())) gone.add(id);
        }
        return honest.maintain(labourers);
      },
      find: async (key) => (gone.has(key.id) ? undefined : honest.find(key)),
      list: async (query) => {
        const page = await honest.list(query);
        return { ...page, tasks: page.tasks.filter(({ id }) => !gone.has(id)) };
      },
      enqueue: async (tasks) => {
        for (const { id } of tasks) gone.delete(id);
        return honest.enqueue(tasks);
      },
    };
  });

/** Those past a count or an age, of tasks that stand the newest first. */
const past = (list: readonly Ended[], { age = Number.POSITIVE_INFINITY, count = Number.POSITIVE_INFINITY }: Keep, now: number): Ended[] =>
  list.filter(({ endedAt }, n) => n >= count || now - endedAt >= age);

export const retentionMutants: readonly StoreMutant[] = [
  mutant('takes no notice of what is to be kept', 'M2', (honest) => ({ maintain: (labourers) => honest.maintain(labourers) })),
  asking('forgets a millisecond early', ({ completed, others }) => ({ completed: aged(completed, -1), others: aged(others, -1) })),
  asking('forgets two milliseconds late', ({ completed, others }) => ({ completed: aged(completed, 2), others: aged(others, 2) })),
  asking('keeps one more', ({ completed, others }) => ({
    completed: { ...completed, ...(completed?.count !== undefined && { count: completed.count + 1 }) },
    ...(others && { others }),
  })),
  asking('takes no count', ({ completed, others }) => ({
    ...(completed?.age !== undefined && { completed: { age: completed.age } }),
    ...(others?.age !== undefined && { others: { age: others.age } }),
  })),
  asking('keeps completed tasks as it keeps the others', ({ completed = {}, others = completed }) => ({ completed: others, others })),
  asking('takes an age of 0 for none', ({ completed, others }) => ({
    ...(completed && { completed: { ...completed, age: completed.age || 1e9 } }),
    ...(others && { others: { ...others, age: others.age || 1e9 } }),
  })),
  forgetting('counts dead and dropped tasks together', (all, { completed = {}, others = {} }, now) => [
    ...past(
      all.filter(({ state }) => state === 'completed'),
      completed,
      now,
    ),
    ...past(
      all.filter(({ state }) => state !== 'completed'),
      others,
      now,
    ),
  ]),
  forgetting('keeps the oldest', (all, { completed = {} }, now) =>
    past([...all.filter(({ state }) => state === 'completed')].reverse(), completed, now),
  ),
  forgetting('counts an age from when a task was enqueued', (all, { completed = {}, others = {} }, now) =>
    all.filter(({ state, createdAt }) => now - createdAt >= ((state === 'completed' ? completed : others).age ?? Number.POSITIVE_INFINITY)),
  ),
  forgetting('forgets a hundred, and does not say that there is more', (all, { completed = {} }, now) =>
    past(
      all.filter(({ state }) => state === 'completed'),
      completed,
      now,
    ).slice(0, 100),
  ),
  mutant('forgets as much of every labourer', 'M2', (honest) => ({
    maintain: (labourers, retention) => {
      const [keep = {}] = [...(retention?.values() ?? [])].filter((each) => Object.keys(each).length > 0);
      return honest.maintain(labourers, new Map(labourers.map((each) => [each, keep])));
    },
  })),
  mutant('forgets what waits for a retry', 'M2', (honest) => ({
    maintain: async (labourers, retention) => {
      for (const labourer of labourers) {
        const waiting = (await everyOne(honest, labourer, 'queued')).filter(({ attempts }) => attempts > 0);
        if (retention?.has(labourer)) await honest.bury(waiting.map((each) => ({ ...each, error: 'old' })));
      }
      return honest.maintain(labourers, retention);
    },
  })),
  mutant('forgets the task, and goes on to know its id', 'M2', (honest, tools) => {
    const known = kept(tools, 'known', () => new Set<string>());
    return {
      enqueue: async (tasks) => {
        const outcomes = await honest.enqueue(tasks.filter(({ id }) => !known.has(id)));
        let n = 0;
        return tasks.map(({ id }) => {
          if (known.has(id)) return 'duplicate';
          known.add(id);
          n += 1;
          return outcomes[n - 1] ?? 'duplicate';
        });
      },
    };
  }),
  mutant('keeps no task longer than by its own settings', 'M2', (honest) => ({
    maintain: async (labourers, retention) => {
      await honest.maintain(labourers, retention);
      return honest.maintain(labourers);
    },
  })),
  mutant('forgets by count what is in the outbox', 'M2', (honest) => ({
    maintain: async (labourers, retention) => {
      if (retention) await honest.takeOut(await honest.outbox(labourers, 1_000_000));
      return honest.maintain(labourers, retention);
    },
  })),
  mutant('does not count what is in the outbox', 'M2', (honest) => ({
    maintain: async (labourers, retention) => {
      const waiting = await honest.outbox(labourers, 1_000_000);
      const less = new Map(
        [...(retention ?? [])].map(([each, { completed, others }]): [string, Retention] => {
          const count = (completed?.count ?? 1e9) + waiting.filter(({ labourer }) => labourer === each).length;
          return [each, { completed: { ...completed, count }, ...(others && { others }) }];
        }),
      );
      return honest.maintain(labourers, less);
    },
  })),
  mutant('says for ever that there is more to forget', 'M2', (honest) => ({
    maintain: async (labourers, retention) => ({ ...(await honest.maintain(labourers, retention)), more: retention !== undefined }),
  })),
];
