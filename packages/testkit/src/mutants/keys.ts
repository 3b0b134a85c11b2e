/** What may be wrong with the places of keys, and with their names. */
import type { ClaimRequest, Lease, NewTask, TaskKey } from '@reeve/core';
import type { WholeStore } from '../store/bench.ts';
import { choosing, everyOne, inTurns, places } from './choosing.ts';
import { kept, mutant, type StoreMutant, type Twist, type TwistTools } from './twist.ts';

const asking = (name: string, change: (request: ClaimRequest) => ClaimRequest): StoreMutant =>
  mutant(name, 'C11', (honest) => ({ claim: (request) => honest.claim(change(request)) }));

/** Counts one of these keys less, as if a place had been freed that was not. */
const free = async (honest: WholeStore, tools: TwistTools, tasks: readonly TaskKey[]): Promise<void> => {
  for (const each of tasks) {
    const key = (await honest.find(each))?.key;
    if (key !== undefined) places(tools).set(key, (places(tools).get(key) ?? 0) - 1);
  }
};

const freeing = (name: string, twist: Twist): StoreMutant => choosing(name, 'C11', inTurns, { twist });

/** Keeps another key than it was given, and shows the one it was given. */
const naming = (name: string, change: (key: string) => string): StoreMutant =>
  mutant(name, 'C11', (honest, tools) => {
    const given = kept(tools, 'given', () => new Map<string, string>());
    return {
      enqueue: (tasks) =>
        honest.enqueue(
          tasks.map((each): NewTask => {
            if (each.key === undefined) return each;
            if (!given.has(each.id)) given.set(each.id, each.key);
            return { ...each, key: change(each.key) };
          }),
        ),
      find: async (task) => {
        const record = await honest.find(task);
        const key = given.get(task.id);
        return record && key !== undefined ? { ...record, key } : record;
      },
    };
  });

export const keyMutants: readonly StoreMutant[] = [
  asking('takes no notice of keys', ({ perKey: _, ...request }) => request),
  asking('allows one more of a key', ({ perKey, ...request }) => (perKey === undefined ? request : { ...request, perKey: perKey + 1 })),
  choosing('counts a key, then claims', 'C11', inTurns, { isLate: true }),
  choosing('takes the number of a key for that of a call', 'C11', (situation) => inTurns({ ...situation, running: new Map() })),
  mutant('counts the keys of what this connection claimed', 'C11', (honest, { clock }) => {
    const own: Lease[] = [];
    return {
      claim: async (request) => {
        const { perKey } = request;
        if (perKey === undefined) return honest.claim(request);
        const records = await Promise.all(own.map((each) => honest.find(each)));
        const live = records.filter((each) => each?.state === 'running' && each.deadline > clock.now());
        const all = await everyOne(honest, request.labourer, 'running');
        // What it does not know of does not count.
        const answer = await honest.claim({ ...request, perKey: perKey + all.length - live.length });
        own.push(...answer.leases);
        return answer;
      },
    };
  }),
  freeing("frees a key's place once more for a repeated or stale verdict", (honest, tools) => ({
    settle: async (verdicts) => {
      const outcomes = await honest.settle(verdicts);
      await free(
        honest,
        tools,
        verdicts.filter((_, n) => outcomes[n] === 'repeated' || outcomes[n] === 'stale'),
      );
      return outcomes;
    },
  })),
  freeing("frees a key's place again when an expired lease is reaped", (honest, tools) => ({
    reap: async (verdicts) => {
      const outcomes = await honest.reap(verdicts);
      await free(
        honest,
        tools,
        verdicts.filter((_, n) => outcomes[n] === 'applied'),
      );
      return outcomes;
    },
  })),
  freeing("frees a key's place when the cancellation is asked for", (honest, tools) => ({
    cancel: async (keys) => {
      const outcomes = await honest.cancel(keys);
      await free(
        honest,
        tools,
        keys.filter((_, n) => outcomes[n] === 'cancelling'),
      );
      return outcomes;
    },
  })),
  freeing('lets a retry that waits hold the place of its key', (honest, tools) => ({
    settle: async (verdicts) => {
      const outcomes = await honest.settle(verdicts);
      for (const [n, each] of verdicts.entries()) {
        const key = (await honest.find(each))?.key;
        const waits = each.kind === 'retry' && each.after > 0 && outcomes[n] === 'applied';
        if (waits && key !== undefined) places(tools).set(key, (places(tools).get(key) ?? 0) + 1);
      }
      return outcomes;
    },
  })),
  choosing('lets an expired lease hold the place of its key', 'C11', inTurns, { withExpired: true }),
  mutant('takes all tasks without a key for those of one key', 'C11', (honest) => ({
    enqueue: (tasks) => honest.enqueue(tasks.map((each) => ({ ...each, key: each.key ?? 'nobody' }))),
  })),
  naming('compares keys without case', (key) => key.toLowerCase()),
  naming('takes two forms of an accent for one, in keys', (key) => key.normalize('NFC')),
  naming('trims keys', (key) => key.trim()),
  naming('keeps a hundred characters of a key', (key) => key.slice(0, 100)),
  naming('keeps a key up to its first colon', (key) => key.split(':')[0] ?? key),
  mutant('keeps no key in its records', 'C11', (honest) => ({
    find: async (task) => {
      const record = await honest.find(task);
      if (!record) return undefined;
      const { key: _, ...rest } = record;
      return rest;
    },
  })),
  mutant('loses the key of a task that is queued again', 'C12', (honest, tools) => {
    const payloads = kept(tools, 'redriven', () => new Set<string>());
    return {
      redrive: async (redrives) => {
        const outcomes = await honest.redrive(redrives);
        for (const [n, { id }] of redrives.entries()) if (outcomes[n] === 'queued') payloads.add(id);
        return outcomes;
      },
      find: async (task) => {
        const record = await honest.find(task);
        if (!record || !payloads.has(task.id)) return record;
        const { key: _, ...rest } = record;
        return rest;
      },
    };
  }),
];
