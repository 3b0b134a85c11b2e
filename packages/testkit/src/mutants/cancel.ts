/** What may be wrong with a cancellation, and with attempts whose task is to be cancelled. */
import type { RenewOutcome } from '@reeve/core';
import { attemptOf } from './of-memory.ts';
import { counter, kept, mutant, type StoreMutant, tokenNow, turn } from './twist.ts';

const homesOf = (keys: readonly { labourer: string; id: string }[], homes: Map<string, string>) =>
  keys.map(({ labourer, id }) => ({ labourer: homes.get(id) ?? labourer, id }));

export const cancelMutants: readonly StoreMutant[] = [
  mutant('says that a queued task is cancelled, and lets it run', 'O1', (honest) => ({
    cancel: async (keys) => {
      const records = await Promise.all(keys.map((each) => honest.find(each)));
      const running = keys.filter((_, n) => records[n]?.state !== 'queued');
      const outcomes = [...(await honest.cancel(running))];
      return records.map((each) => (each?.state === 'queued' ? 'cancelled' : (outcomes.shift() ?? 'unknown')));
    },
  })),
  mutant('cancels what is due only', 'O1', (honest, { clock }) => ({
    cancel: async (keys) => {
      const records = await Promise.all(keys.map((each) => honest.find(each)));
      const waits = records.map((each) => each?.state === 'queued' && each.due > clock.now());
      return honest.cancel(keys.map((each, n) => (waits[n] ? { ...each, id: '' } : each)));
    },
  })),
  mutant('looks, then cancels', 'O1', (honest) => ({
    cancel: async (keys) => {
      const records = await Promise.all(keys.map((each) => honest.find(each)));
      await turn();
      const outcomes = await honest.cancel(keys);
      return outcomes.map((each, n) => (records[n]?.state === 'queued' ? 'cancelled' : each));
    },
  })),
  mutant('cancels whatever the labourer', 'O1', (honest, tools) => {
    const homes = kept(tools, 'homes', () => new Map<string, string>());
    return {
      enqueue: (tasks) => {
        for (const { id, labourer } of tasks) if (!homes.has(id)) homes.set(id, labourer);
        return honest.enqueue(tasks);
      },
      cancel: (keys) => honest.cancel(homesOf(keys, homes)),
    };
  }),
  mutant('keeps what was cancelled among the dead', 'O1', (honest) => ({
    cancel: async (keys) => {
      const buried = await honest.bury(keys.map((each) => ({ ...each, error: 'cancelled' })));
      const others = await honest.cancel(keys);
      return others.map((each, n) => (buried[n] === 'buried' ? 'cancelled' : each));
    },
  })),
  mutant('ends a running task at once, and frees its place', 'O2', (honest) => ({
    cancel: async (keys) => {
      const refs = await Promise.all(keys.map((each) => attemptOf(honest, each)));
      const outcomes = await honest.cancel(keys);
      await honest.settle(refs.flatMap((each) => (each ? [{ ...each, kind: 'released' as const }] : [])));
      return outcomes;
    },
  })),
  mutant('does not say that a task is to be cancelled', 'O2', (honest) => ({
    find: async (key) => {
      const record = await honest.find(key);
      if (record?.state !== 'running') return record;
      const { cancelling: _, ...rest } = record;
      return rest;
    },
  })),
  mutant('calls a running task ended when it is asked again', 'O2', (honest) => ({
    cancel: async (keys) => {
      const records = await Promise.all(keys.map((each) => honest.find(each)));
      const outcomes = await honest.cancel(keys);
      return outcomes.map((each, n) => (records[n]?.state === 'running' && records[n].cancelling ? 'ended' : each));
    },
  })),
  mutant('forgets a cancellation at the next renewal', 'O2', (honest, tools) => {
    const asked = kept(tools, 'asked', () => new Set<string>());
    return {
      cancel: async (keys) => {
        const running = await Promise.all(keys.map((each) => tokenNow(honest, each)));
        for (const [n, { id }] of keys.entries()) if (running[n] !== undefined) asked.add(id);
        const outcomes = [...(await honest.cancel(keys.filter((_, n) => running[n] === undefined)))];
        return keys.map((_, n) => (running[n] === undefined ? (outcomes.shift() ?? 'unknown') : 'cancelling'));
      },
      renew: (renewals) => {
        for (const { id } of renewals) asked.delete(id);
        return honest.renew(renewals);
      },
    };
  }),
];

export const cancellingMutants: readonly StoreMutant[] = [
  mutant('lets the word of an attempt count whose task is to be cancelled', 'V9', (honest) => ({
    cancel: async (keys) => {
      const running = await Promise.all(keys.map((each) => tokenNow(honest, each)));
      const outcomes = [...(await honest.cancel(keys.filter((_, n) => running[n] === undefined)))];
      return keys.map((_, n) => (running[n] === undefined ? (outcomes.shift() ?? 'unknown') : 'cancelling'));
    },
  })),
  mutant('calls the word that ends a cancelled task applied', 'V9', (honest) => ({
    settle: async (verdicts) => (await honest.settle(verdicts)).map((each) => (each === 'cancelled' ? 'applied' : each)),
  })),
  mutant('calls the second word after a cancellation cancelled as well', 'V9', (honest) => ({
    settle: async (verdicts) => {
      const outcomes = await honest.settle(verdicts);
      const records = await Promise.all(verdicts.map((each) => honest.find(each)));
      return outcomes.map((each, n) => (each === 'stale' && records[n]?.state === 'cancelled' ? 'cancelled' : each));
    },
  })),
  mutant('queues a cancelled task again when its lease expires', 'V9', (honest) => ({
    reap: async (verdicts) => {
      const outcomes = await honest.reap(verdicts);
      const gone = verdicts.filter((_, n) => outcomes[n] === 'cancelled');
      await honest.redrive(gone.map(({ labourer, id }) => ({ labourer, id })));
      return outcomes;
    },
  })),
  mutant('frees the place of a cancelled task once more for its late word', 'V9', (honest, tools) => {
    const freed = counter(tools);
    return {
      claim: (request) => honest.claim({ ...request, cap: request.cap + freed.value }),
      settle: async (verdicts) => {
        const before = await Promise.all(verdicts.map((each) => honest.find(each)));
        const outcomes = await honest.settle(verdicts);
        const late = before.filter(
          (each, n) => outcomes[n] === 'cancelled' && each?.state === 'running' && each.deadline <= tools.clock.now(),
        );
        freed.value += late.length;
        return outcomes;
      },
    };
  }),
  mutant('keeps the error of a word that cancelled the task', 'V9', (honest, tools) => {
    const said = kept(tools, 'said', () => new Map<string, string>());
    return {
      settle: async (verdicts) => {
        const outcomes = await honest.settle(verdicts);
        for (const [n, each] of verdicts.entries()) if (outcomes[n] === 'cancelled' && 'error' in each) said.set(each.id, each.error);
        return outcomes;
      },
      find: async (key) => {
        const record = await honest.find(key);
        const error = said.get(key.id);
        return record?.state === 'cancelled' && error !== undefined
          ? { ...record, errors: [...record.errors, { attempt: record.attempts, at: record.endedAt, error }] }
          : record;
      },
    };
  }),
  mutant('renews the lease of an attempt that is to stop', 'N3', (honest, { clock }) => ({
    renew: async (renewals) =>
      (await honest.renew(renewals)).map(
        (each, n): RenewOutcome =>
          each.kind === 'cancelled' ? { kind: 'renewed', deadline: clock.now() + (renewals[n]?.lease ?? 0) } : each,
      ),
  })),
  mutant('takes the lease from an attempt that is to stop', 'N3', (honest) => ({
    renew: async (renewals) =>
      (await honest.renew(renewals)).map((each): RenewOutcome => (each.kind === 'cancelled' ? { kind: 'stale' } : each)),
  })),
  mutant('tells an attempt to stop after its lease was over', 'N3', (honest) => ({
    renew: async (renewals) => {
      const records = await Promise.all(renewals.map((each) => honest.find(each)));
      const asked = records.map((each, n) => each?.state === 'running' && each.cancelling && each.token === renewals[n]?.token);
      return (await honest.renew(renewals)).map((each, n): RenewOutcome => (asked[n] ? { kind: 'cancelled' } : each));
    },
  })),
];
