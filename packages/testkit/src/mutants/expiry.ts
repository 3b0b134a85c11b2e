import type { RenewOutcome } from '@reeve/core';
import { kept, mutant, type StoreMutant, tokenNow, unfenced } from './twist.ts';

export const expiryMutants: readonly StoreMutant[] = [
  mutant('adds a renewal to the old deadline', 'N1', (honest, { clock }) => ({
    renew: async (renewals) => {
      const records = await Promise.all(renewals.map((each) => honest.find(each)));
      const left = records.map((each) => (each?.state === 'running' ? Math.max(0, each.deadline - clock.now()) : 0));
      return honest.renew(renewals.map((each, n) => ({ ...each, lease: each.lease + (left[n] ?? 0) })));
    },
  })),
  mutant('never moves a deadline nearer', 'N1', (honest, { clock }) => ({
    renew: async (renewals) => {
      const records = await Promise.all(renewals.map((each) => honest.find(each)));
      const left = records.map((each) => (each?.state === 'running' ? each.deadline - clock.now() : 0));
      return honest.renew(renewals.map((each, n) => ({ ...each, lease: Math.max(each.lease, left[n] ?? 0) })));
    },
  })),
  mutant('renews a hundred in a call at most', 'N1', (honest) => ({
    renew: async (renewals) => [
      ...(await honest.renew(renewals.slice(0, 100))),
      ...renewals.slice(100).map((): RenewOutcome => ({ kind: 'stale' })),
    ],
  })),
  mutant('says renewed of an expired lease', 'N2', (honest, { clock }) => ({
    renew: async (renewals) => {
      const tokens = await Promise.all(renewals.map((each) => tokenNow(honest, each)));
      const outcomes = await honest.renew(renewals);
      return outcomes.map((each, n) =>
        tokens[n] === renewals[n]?.token ? { kind: 'renewed', deadline: clock.now() + (renewals[n]?.lease ?? 0) } : each,
      );
    },
  })),
  mutant('renews for any token', 'N2', (honest) => ({
    renew: async (renewals) => honest.renew(await Promise.all(renewals.map((each) => unfenced(honest, each)))),
  })),
  mutant('renews for any labourer', 'N2', (honest, tools) => {
    const homes = kept(tools, 'homes', () => new Map<string, string>());
    return {
      enqueue: async (tasks) => {
        for (const { id, labourer } of tasks) if (!homes.has(id)) homes.set(id, labourer);
        return honest.enqueue(tasks);
      },
      renew: (renewals) => honest.renew(renewals.map((each) => ({ ...each, labourer: homes.get(each.id) ?? each.labourer }))),
    };
  }),
  mutant('calls a lease expired a millisecond late', 'R1', (honest, { clock }) => ({
    expired: async (labourers, limit) => (await honest.expired(labourers, limit)).filter(({ deadline }) => deadline < clock.now()),
  })),
  mutant('lists the newest of the expired first', 'R1', (honest) => ({
    expired: async (labourers, limit) => [...(await honest.expired(labourers, 1_000_000))].reverse().slice(0, limit),
  })),
  mutant('lists all that are expired, whatever the limit', 'R1', (honest) => ({
    expired: (labourers) => honest.expired(labourers, 1_000_000),
  })),
  mutant('takes the limit for that of each labourer', 'R1', (honest) => ({
    expired: async (labourers, limit) => (await Promise.all(labourers.map((each) => honest.expired([each], limit)))).flat(),
  })),
  mutant('looks for expired leases among the first few that run', 'R1', (honest) => ({
    expired: async (labourers, limit) => {
      const pages = await Promise.all(labourers.map((labourer) => honest.list({ labourer, state: 'running', limit: 1_000 })));
      const ids = pages.flatMap(({ tasks }) => tasks.map(({ id }) => id)).sort();
      const few = new Set(ids.slice(0, limit));
      return (await honest.expired(labourers, limit)).filter(({ id }) => few.has(id));
    },
  })),
  mutant('forgets the payloads of the expired', 'R1', (honest) => ({
    expired: async (labourers, limit) =>
      (await honest.expired(labourers, limit)).map(({ payload: _, ...each }) => ({ ...each, payload: '' as never })),
  })),
  mutant('reaps what runs', 'R2', (honest) => ({ reap: (verdicts) => honest.settle(verdicts) })),
  mutant('reaps for any token', 'R2', (honest) => ({
    reap: async (verdicts) => honest.reap(await Promise.all(verdicts.map((each) => unfenced(honest, each)))),
  })),
  mutant('refuses a whole call of reaping for one that runs', 'R2', (honest) => ({
    reap: async (verdicts) => {
      const late = new Set(
        (
          await honest.expired(
            verdicts.map(({ labourer }) => labourer),
            1_000_000,
          )
        ).map(({ id }) => id),
      );
      return verdicts.every(({ id }) => late.has(id)) ? honest.reap(verdicts) : verdicts.map(() => 'stale');
    },
  })),
  mutant('answers applied to all who reap at once', 'R2', (honest) => ({
    reap: async (verdicts) => {
      const tokens = await Promise.all(verdicts.map((each) => tokenNow(honest, each)));
      const outcomes = await honest.reap(verdicts);
      const states = await Promise.all(verdicts.map((each) => honest.find(each)));
      return outcomes.map((each, n) => (tokens[n] === verdicts[n]?.token && states[n]?.state !== 'running' ? 'applied' : each));
    },
  })),
];
