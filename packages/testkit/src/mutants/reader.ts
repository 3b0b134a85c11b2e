import type { Census, TaskRecord } from '@reeve/core';
import { kept, mutant, type StoreMutant } from './twist.ts';

const census = (name: string, change: (census: Census) => Census): StoreMutant =>
  mutant(name, 'L2', (honest) => ({ census: async (labourers) => (await honest.census(labourers)).map(change) }));

/** Everything in a state, in the right order; the mutant cuts pages out of it in its own way. */
const paging = (
  name: string,
  page: (all: readonly TaskRecord[], limit: number, cursor?: string) => { from: number; cursor: (to: number) => string },
): StoreMutant =>
  mutant(name, 'L1', (honest) => ({
    list: async ({ cursor: given, limit, ...query }) => {
      const { tasks: all } = await honest.list({ ...query, limit: 1_000_000 });
      const { from, cursor } = page(all, limit, given);
      const tasks = all.slice(from, from + limit);
      return { tasks, ...(from + limit < all.length && { cursor: cursor(from + tasks.length) }) };
    },
  }));

export const readerMutants: readonly StoreMutant[] = [
  mutant('finds what it read before, until it writes itself', 'F1', (honest) => {
    const cache = new Map<string, TaskRecord | undefined>();
    const forget =
      <A extends readonly unknown[], R>(verb: (...args: A) => R) =>
      (...args: A): R => {
        cache.clear();
        return verb(...args);
      };
    return {
      find: async (key) => {
        const name = JSON.stringify([key.labourer, key.id]);
        if (!cache.has(name)) cache.set(name, await honest.find(key));
        return cache.get(name);
      },
      enqueue: forget(honest.enqueue),
      claim: forget(honest.claim),
      settle: forget(honest.settle),
      reap: forget(honest.reap),
      renew: forget(honest.renew),
    };
  }),
  mutant('finds a task whatever the labourer', 'F1', (honest, tools) => {
    const homes = kept(tools, 'homes', () => new Map<string, string>());
    return {
      enqueue: async (tasks) => {
        for (const { id, labourer } of tasks) if (!homes.has(id)) homes.set(id, labourer);
        return honest.enqueue(tasks);
      },
      find: (key) => honest.find({ ...key, labourer: homes.get(key.id) ?? key.labourer }),
    };
  }),
  mutant('finds by the beginning of an id', 'F1', (honest, tools) => {
    const known = kept(tools, 'known', () => [] as string[]);
    return {
      enqueue: (tasks) => {
        known.push(...tasks.map(({ id }) => id));
        return honest.enqueue(tasks);
      },
      find: (key) =>
        honest.find({ ...key, id: known.find((each) => each === key.id) ?? known.find((each) => each.startsWith(key.id)) ?? key.id }),
    };
  }),
  paging('lists from the beginning again if the task of the cursor has left', (all, _, cursor) => ({
    from: cursor === undefined ? 0 : all.findIndex(({ id }) => id === cursor) + 1,
    cursor: (to) => all[to - 1]?.id ?? '',
  })),
  paging('counts pages by offset', (_, __, cursor) => ({ from: Number(cursor ?? 0), cursor: String })),
  paging('goes on after the instant of the cursor, past others of that instant', (all, _, cursor) => {
    const at = (each: TaskRecord | undefined): number =>
      each === undefined ? 0 : 'due' in each ? each.due : 'endedAt' in each ? -each.endedAt : each.createdAt;
    const next = all.findIndex((each) => at(each) > Number(cursor));
    return { from: cursor === undefined ? 0 : next < 0 ? all.length : next, cursor: (to) => String(at(all[to - 1])) };
  }),
  mutant('lists ended tasks the oldest first', 'L1', (honest) => ({
    list: async (query) => {
      const page = await honest.list(query);
      return query.state === 'completed' || query.state === 'dead' ? { ...page, tasks: [...page.tasks].reverse() } : page;
    },
  })),
  mutant('lists by id', 'L1', (honest) => ({
    list: async (query) => {
      const page = await honest.list(query);
      return { ...page, tasks: [...page.tasks].sort((a, b) => (a.id < b.id ? -1 : 1)) };
    },
  })),
  mutant('gives a cursor on the last page', 'L1', (honest) => ({
    list: async (query) => ({ cursor: '9.9.9', ...(await honest.list(query)) }),
  })),
  census('counts expired leases as running', ({ running, expired, ...rest }) => ({ ...rest, running: running + expired, expired: 0 })),
  census('counts waiting tasks as due', ({ due, waiting, ...rest }) => ({ ...rest, due: due + waiting, waiting: 0 })),
  mutant('answers a census in the order of names', 'L2', (honest) => ({ census: (labourers) => honest.census([...labourers].sort()) })),
  mutant('leaves idle labourers out of a census', 'L2', (honest) => ({
    census: async (labourers) => (await honest.census(labourers)).filter((each) => Object.values(each).some((count) => count > 0)),
  })),
  mutant('does not name labourers that have retries only', 'D1', (honest, { clock }) => ({
    labourersWithDue: async (labourers) => {
      const pages = await Promise.all(labourers.map((labourer) => honest.list({ labourer, state: 'queued', limit: 1_000 })));
      const fresh = (each: TaskRecord): boolean => each.state === 'queued' && each.attempts === 0 && each.due <= clock.now();
      return new Set(labourers.filter((_, n) => pages[n]?.tasks.some(fresh)));
    },
  })),
  mutant('does not name labourers that are at work', 'D1', (honest) => ({
    labourersWithDue: async (labourers) => {
      const counts = await honest.census(labourers);
      return new Set([...(await honest.labourersWithDue(labourers))].filter((each) => counts[labourers.indexOf(each)]?.running === 0));
    },
  })),
  mutant('looks at the first twenty labourers only', 'D1', (honest) => ({
    labourersWithDue: (labourers) => honest.labourersWithDue(labourers.slice(0, 20)),
  })),
  mutant('forgets ended tasks at the first housekeeping', 'M1', () => ({}), { keepEnded: 0 }),
  mutant('reaps while it keeps house', 'M1', (honest) => ({
    maintain: async (labourers) => {
      const late = await honest.expired(labourers, 1_000);
      await honest.reap(late.map(({ labourer, id, token }) => ({ labourer, id, token, kind: 'retry', after: 0, error: 'expired' })));
      return honest.maintain(labourers);
    },
  })),
  mutant('has always more to do', 'M1', (honest) => ({
    maintain: async (labourers) => ({ ...(await honest.maintain(labourers)), more: true }),
  })),
];
