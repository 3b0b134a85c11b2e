import type { Others, Store, WholeStore } from '../store/bench.ts';
import { isWhole } from '../store/whole.ts';
import type { Life } from './node.ts';

type Ask = <T>(call: () => Promise<T>) => Promise<T>;

/** A store as one process sees it: what it asks is sent at once, and no answer reaches it after its death. */
export const gatedStore = (life: Life, store: Store): Store => {
  const ask: Ask = <T>(call: () => Promise<T>) => (life.alive ? life.hear(call()) : new Promise<T>(() => {}));
  return {
    ...(isWhole(store) && gatedOthers(ask, store)),
    capabilities: store.capabilities,
    enqueue: (tasks) => ask(() => store.enqueue(tasks)),
    labourersWithDue: (labourers) => ask(() => store.labourersWithDue(labourers)),
    claim: (request) => ask(() => store.claim(request)),
    settle: (verdicts) => ask(() => store.settle(verdicts)),
    exchange: (verdicts, request) => ask(() => store.exchange(verdicts, request)),
    renew: (renewals) => ask(() => store.renew(renewals)),
    expired: (labourers, limit) => ask(() => store.expired(labourers, limit)),
    reap: (verdicts) => ask(() => store.reap(verdicts)),
    maintain: (labourers, retention) => ask(() => store.maintain(labourers, retention)),
    find: (key) => ask(() => store.find(key)),
    list: (query) => ask(() => store.list(query)),
    census: (labourers) => ask(() => store.census(labourers)),
  };
};

const gatedOthers = (ask: Ask, store: WholeStore): Others => ({
  cancel: (keys) => ask(() => store.cancel(keys)),
  bury: (burials) => ask(() => store.bury(burials)),
  redrive: (redrives) => ask(() => store.redrive(redrives)),
  replace: (replacements) => ask(() => store.replace(replacements)),
  look: (names) => ask(() => store.look(names)),
  change: (changes) => ask(() => store.change(changes)),
  outbox: (labourers, limit) => ask(() => store.outbox(labourers, limit)),
  takeOut: (ends) => ask(() => store.takeOut(ends)),
});
