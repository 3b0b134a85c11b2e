import type { Delivery } from '@reeve/core';
import { altered, type InvokerMutant } from './mutant.ts';

/** Faults that take several calls at once, or none. */
export const togetherMutants: readonly InvokerMutant[] = [
  {
    name: 'makes one call after the other',
    mutate: (invoker) => {
      let last: Promise<unknown> = Promise.resolve();
      return altered(invoker, {
        invoke: (...args) => {
          const mine = last.then(() => invoker.invoke(...args));
          last = mine.catch(() => undefined);
          return mine;
        },
      });
    },
  },
  {
    name: 'drops what is more than ten at once',
    mutate: (invoker) => {
      let underWay = 0;
      return altered(invoker, {
        invoke: async (...args): Promise<Delivery> => {
          if (underWay >= 10) return { kind: 'accepted' };
          underWay += 1;
          try {
            return await invoker.invoke(...args);
          } finally {
            underWay -= 1;
          }
        },
      });
    },
  },
  {
    name: 'gives the answer of one call to all that are under way',
    mutate: (invoker) => {
      let shared: Promise<Delivery> | undefined;
      return altered(invoker, {
        invoke: async (...args) => {
          const own = invoker.invoke(...args);
          shared ??= own.finally(() => {
            shared = undefined;
          });
          const answer = shared;
          await own.catch(() => undefined);
          return answer;
        },
      });
    },
  },
  { name: 'checks nothing', mutate: (invoker) => altered(invoker, { check: () => [] }) },
  {
    name: 'finds fault with every labourer',
    mutate: (invoker) => altered(invoker, { check: ({ id }) => [{ path: `labourers.${id}.target`, problem: 'is not to its liking' }] }),
  },
  {
    name: 'does not say with which labourer it finds fault',
    mutate: (invoker) =>
      altered(invoker, { check: (labourer) => (invoker.check?.(labourer) ?? []).map(({ problem }) => ({ path: 'target', problem })) }),
  },
];
