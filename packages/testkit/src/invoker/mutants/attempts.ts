import type { Labourer } from '@reeve/core';
import { altered, type InvokerMutant, isObject, ofLeases } from './mutant.ts';

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Faults in which attempt it hands to whom. */
export const attemptMutants: readonly InvokerMutant[] = [
  ofLeases('lets the payload pass for the attempt', ({ id }, members) => ({ id: text(members['task_id']) ?? text(members['id']) ?? id })),
  ofLeases('lets the payload pass for the facts of an envelope', ({ id }, { reeve }) => ({
    id: (isObject(reeve) && text(reeve['id'])) || id,
  })),
  ofLeases('lets the payload count the attempts', ({ attempt }, { attempts }) => ({
    attempt: typeof attempts === 'number' ? attempts : attempt,
  })),
  ofLeases('reads what a payload inherits', ({ id }, members) => {
    const merged: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(members)) merged[name] = value;
    return { id: Object.hasOwn(merged, 'id') ? id : (text(merged['id']) ?? id) };
  }),
  ofLeases('hands out the token of the first attempt', ({ token }) => ({ token: token.replace(/\d+$/, '1') })),
  ofLeases('counts attempts from 0', ({ attempt }) => ({ attempt: attempt - 1 })),
  ofLeases('takes ids for URLs', ({ id }) => ({ id: encodeURIComponent(id) })),
  ofLeases('cuts ids at 64 characters', ({ id }) => ({ id: id.slice(0, 64) })),
  {
    name: 'sends everything to the labourer it met first',
    mutate: (invoker) => {
      let first: Labourer | undefined;
      return altered(invoker, {
        invoke: (labourer, ...rest) => {
          first ??= labourer;
          return invoker.invoke(first, ...rest);
        },
      });
    },
  },
];
