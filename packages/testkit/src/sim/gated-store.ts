import type { Store } from '../store/bench.ts';
import type { Life } from './node.ts';

/** A store as one process sees it: what it asks is sent at once, and no answer reaches it after its death. */
export const gatedStore = (life: Life, store: Store): Store => {
  const ask = <T>(call: () => Promise<T>): Promise<T> => (life.alive ? life.hear(call()) : new Promise<T>(() => {}));
  return {
    capabilities: store.capabilities,
    enqueue: (tasks) => ask(() => store.enqueue(tasks)),
    labourersWithDue: (labourers) => ask(() => store.labourersWithDue(labourers)),
    claim: (request) => ask(() => store.claim(request)),
    settle: (verdicts) => ask(() => store.settle(verdicts)),
    exchange: (verdicts, request) => ask(() => store.exchange(verdicts, request)),
    renew: (renewals) => ask(() => store.renew(renewals)),
    expired: (labourers, limit) => ask(() => store.expired(labourers, limit)),
    reap: (verdicts) => ask(() => store.reap(verdicts)),
    maintain: (labourers) => ask(() => store.maintain(labourers)),
    find: (key) => ask(() => store.find(key)),
    list: (query) => ask(() => store.list(query)),
    census: (labourers) => ask(() => store.census(labourers)),
  };
};
