import type { EpochMs } from '@reeve/core';
import type { Others, Store, WholeStore } from '../store/bench.ts';
import { isWhole } from '../store/whole.ts';
import { Way, type WayParts } from './way.ts';

/**
 * Any store, behind a way that loses, doubles and holds up what goes over it. What it does to a call the ports allow: a store that keeps
 * its promises keeps them behind it, and whoever asks has to live with it.
 *
 * One of them is one connection. With delays the clock has to be one on which time passes.
 */
export function faultyStore(store: WholeStore, parts: WayParts): WholeStore;
export function faultyStore(store: Store, parts: WayParts): Store;
export function faultyStore(store: Store, parts: WayParts): Store {
  const way = new Way(parts);
  const lagging = new Lagging(way, parts);
  return {
    ...(isWhole(store) && faultyOthers(store, way, lagging)),
    capabilities: store.capabilities,
    ...(store.newId && { newId: store.newId.bind(store) }),
    enqueue: (tasks) =>
      way.send({ verb: 'enqueue', happen: () => store.enqueue(tasks), happenInPart: (share) => store.enqueue(first(tasks, share)) }),
    labourersWithDue: (labourers) => lagging.read('labourersWithDue', labourers.join(), () => store.labourersWithDue(labourers)),
    claim: (request) =>
      way.send({
        verb: 'claim',
        happen: () => store.claim(request),
        happenInPart: (share) => store.claim({ ...request, limit: Math.floor(share * (request.limit + 1)) }),
      }),
    settle: (verdicts) =>
      way.send({ verb: 'settle', happen: () => store.settle(verdicts), happenInPart: (share) => store.settle(first(verdicts, share)) }),
    exchange: (verdicts, request) =>
      way.send({
        verb: 'exchange',
        happen: () => store.exchange(verdicts, request),
        happenInPart: (share) => store.settle(first(verdicts, share)),
      }),
    renew: (renewals) =>
      way.send({ verb: 'renew', happen: () => store.renew(renewals), happenInPart: (share) => store.renew(first(renewals, share)) }),
    expired: (labourers, limit) => lagging.read('expired', `${limit} ${labourers.join()}`, () => store.expired(labourers, limit)),
    reap: (verdicts) =>
      way.send({ verb: 'reap', happen: () => store.reap(verdicts), happenInPart: (share) => store.reap(first(verdicts, share)) }),
    maintain: (labourers, retention) => way.send({ verb: 'maintain', happen: () => store.maintain(labourers, retention) }),
    find: (key) => way.send({ verb: 'find', happen: () => store.find(key) }),
    list: (query) => way.send({ verb: 'list', happen: () => store.list(query) }),
    census: (labourers) => way.send({ verb: 'census', happen: () => store.census(labourers) }),
  };
}

const first = <T>(list: readonly T[], share: number): readonly T[] => list.slice(0, Math.floor(share * (list.length + 1)));

/** The ports that not every store has. */
const faultyOthers = (store: WholeStore, way: Way, lagging: Lagging): Others => {
  const each = <Ask, Answer>(verb: string, asks: readonly Ask[], call: (asks: readonly Ask[]) => Promise<Answer>): Promise<Answer> =>
    way.send({ verb, happen: () => call(asks), happenInPart: (share) => call(first(asks, share)) });
  return {
    cancel: (keys) => each('cancel', keys, (some) => store.cancel(some)),
    bury: (burials) => each('bury', burials, (some) => store.bury(some)),
    redrive: (redrives) => each('redrive', redrives, (some) => store.redrive(some)),
    replace: (replacements) => each('replace', replacements, (some) => store.replace(some)),
    look: (names) => way.send({ verb: 'look', happen: () => store.look(names) }),
    change: (changes) => each('change', changes, (some) => store.change(some)),
    outbox: (labourers, limit) => lagging.read('outbox', `${limit} ${labourers.join()}`, () => store.outbox(labourers, limit)),
    takeOut: (ends) => each('takeOut', ends, (some) => store.takeOut(some)),
  };
};

/** Reads that are promised once writes have settled only: an index may lag. */
class Lagging {
  readonly #way: Way;
  readonly #clock: WayParts['clock'];
  readonly #answers = new Map<string, { readonly at: EpochMs; readonly answer: unknown }>();

  constructor(way: Way, { clock }: WayParts) {
    this.#way = way;
    this.#clock = clock;
  }

  read<T>(verb: string, asked: string, look: () => Promise<T>): Promise<T> {
    const happen = async (): Promise<T> => {
      const key = `${verb} ${asked}`;
      const { stale, staleFor } = this.#way.faults;
      const before = this.#answers.get(key);
      const now = this.#clock.now();
      if (before && now - before.at <= staleFor && this.#way.deals(verb, 'stale', stale)) return before.answer as T;
      const answer = await look();
      if (stale > 0) this.#answers.set(key, { at: now, answer });
      return answer;
    };
    return this.#way.send({ verb, happen });
  }
}
