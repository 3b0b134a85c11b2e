import type { Lease, NewTask, TaskKey } from '@reeve/core';
import type { WholeBench } from '@reeve/testkit';
import type { DynamoDbNativeTaskStore } from '../../src/index.ts';

type Store = WholeBench['store'];

/** The names by which a case knows its tasks, and the ids that the store made for them: both connections share it. */
export class OwnIds {
  readonly #byName = new Map<string, string>();
  readonly #byId = new Map<string, string>();

  idOf(name: string): string {
    return this.#byName.get(name) ?? name;
  }

  nameOf(id: string): string {
    return this.#byId.get(id) ?? id;
  }

  note(name: string, id: string): void {
    this.#byName.set(name, id);
    this.#byId.set(id, name);
  }
}

/** The store as core uses it: each new task goes by an id of the store's own. */
export const withOwnIds = (store: DynamoDbNativeTaskStore, ids: OwnIds): Store => {
  const known = <T extends TaskKey>(key: T): T => ({ ...key, id: ids.idOf(key.id) });
  const named = <T extends TaskKey>(task: T): T => ({ ...task, id: ids.nameOf(task.id) });
  const fresh = (task: NewTask): NewTask => {
    if (ids.idOf(task.id) === task.id) ids.note(task.id, store.newId(task) ?? task.id);
    return known(task);
  };
  const answered = <
    T extends { readonly leases: readonly Lease[]; readonly aside?: readonly TaskKey[]; readonly dropped?: readonly TaskKey[] },
  >(
    answer: T,
  ): T => ({
    ...answer,
    leases: answer.leases.map(named),
    ...(answer.aside && { aside: answer.aside.map(named) }),
    ...(answer.dropped && { dropped: answer.dropped.map(named) }),
  });
  return {
    capabilities: store.capabilities,
    enqueue: (tasks) => store.enqueue(tasks.map(fresh)),
    labourersWithDue: (labourers) => store.labourersWithDue(labourers),
    claim: async (request) => answered(await store.claim(request)),
    settle: (verdicts) => store.settle(verdicts.map(known)),
    exchange: async (verdicts, request) => answered(await store.exchange(verdicts.map(known), request)),
    renew: (renewals) => store.renew(renewals.map(known)),
    expired: async (labourers, limit) => (await store.expired(labourers, limit)).map(named),
    reap: (verdicts) => store.reap(verdicts.map(known)),
    maintain: (labourers, retention) => store.maintain(labourers, retention),
    census: (labourers) => store.census(labourers),
    cancel: (keys) => store.cancel(keys.map(known)),
    bury: (burials) => store.bury(burials.map(known)),
    redrive: (redrives) => store.redrive(redrives.map(known)),
    replace: (replacements) => store.replace(replacements.map(known)),
    outbox: async (labourers, limit) => (await store.outbox(labourers, limit)).map(named),
    takeOut: (ends) => store.takeOut(ends.map(known)),
    look: (names) => store.look(names),
    change: (changes) => store.change(changes),
    find: async (key) => {
      const found = await store.find(known(key));
      return found && named(found);
    },
    list: async (query) => {
      const page = await store.list(query);
      return { ...page, tasks: page.tasks.map(named) };
    },
  };
};
