import type { TaskKey } from '@reeve/core';
import type { Store } from '../store/bench.ts';
import { kept, mutant, type StoreMutant } from './twist.ts';

/** A store that keeps a task under another name than its own, and takes two whose names come out alike for one. */
export const renamed = (
  name: string,
  breaks: string,
  idOf: (key: TaskKey) => string,
  labourerOf: (labourer: string) => string = (labourer) => labourer,
): StoreMutant =>
  mutant(name, breaks, (honest, tools) => {
    const given = kept(tools, 'given', () => new Map<string, string>());
    const into = <T extends TaskKey>(key: T): T => ({ ...key, labourer: labourerOf(key.labourer), id: idOf(key) });
    const back = <T extends TaskKey>(key: T): T => ({ ...key, id: given.get(key.id) ?? key.id });
    const claim: Store['claim'] = async (request) => {
      const answer = await honest.claim({ ...request, labourer: labourerOf(request.labourer) });
      return { ...answer, leases: answer.leases.map(back) };
    };
    return {
      claim,
      enqueue: (tasks) => {
        for (const each of tasks) given.set(idOf(each), given.get(idOf(each)) ?? each.id);
        return honest.enqueue(tasks.map(into));
      },
      settle: (verdicts) => honest.settle(verdicts.map(into)),
      reap: (verdicts) => honest.reap(verdicts.map(into)),
      renew: (renewals) => honest.renew(renewals.map(into)),
      expired: async (labourers, limit) => (await honest.expired(labourers.map(labourerOf), limit)).map(back),
      find: async (key) => {
        const record = await honest.find(into(key));
        return record && back(record);
      },
      list: async (query) => {
        const page = await honest.list({ ...query, labourer: labourerOf(query.labourer) });
        return { ...page, tasks: page.tasks.map(back) };
      },
    };
  });
