import { contextOf } from '../samples.ts';
import { altered, type InvokerMutant, ofCalls } from './mutant.ts';

/** Faults in what it says became of a call, and in what it remembers of earlier ones. */
export const outcomeMutants: readonly InvokerMutant[] = [
  ofCalls('accepts and sends nothing', async () => ({ kind: 'accepted' })),
  ofCalls('sends, and then says refused', async (invoke, labourer, lease, { signal }) => {
    const delivery = await invoke(labourer, lease, contextOf());
    return signal.aborted ? { kind: 'refused', reason: 'stopped' } : delivery;
  }),
  ofCalls('calls a lost answer a refusal', async (invoke, ...args) => {
    try {
      return await invoke(...args);
    } catch {
      return { kind: 'refused', reason: 'there was no answer' };
    }
  }),
  ofCalls('calls a lost answer accepted', (invoke, ...args) => invoke(...args).catch(() => ({ kind: 'accepted' }))),
  ofCalls('calls a refusal accepted', async (invoke, ...args) => {
    const delivery = await invoke(...args);
    return delivery.kind === 'refused' ? { kind: 'accepted' } : delivery;
  }),
  ofCalls('throws where it was refused', async (invoke, ...args) => {
    const delivery = await invoke(...args);
    if (delivery.kind === 'refused') throw new Error(delivery.reason);
    return delivery;
  }),
  ofCalls('refuses without a reason', async (invoke, ...args) => {
    const delivery = await invoke(...args);
    return delivery.kind === 'refused' ? { ...delivery, reason: '' } : delivery;
  }),
  ofCalls('asks to be called again at no time there is', async (invoke, ...args) => {
    const delivery = await invoke(...args);
    return delivery.kind === 'refused' ? { ...delivery, retryAfter: Number('soon') } : delivery;
  }),
  ofCalls('quotes the payload when it refuses', async (invoke, labourer, lease, context) => {
    const delivery = await invoke(labourer, lease, context);
    return delivery.kind === 'refused' ? { ...delivery, reason: `${delivery.reason}: ${lease.payload}` } : delivery;
  }),
  ofCalls('quotes the payload when it throws', (invoke, labourer, lease, context) =>
    invoke(labourer, lease, context).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${lease.payload}`);
    }),
  ),
  ofCalls('refuses a payload that is not JSON', async (invoke, ...args) => {
    const delivery = await invoke(...args);
    return delivery.kind === 'finished' && delivery.report.kind === 'failed'
      ? { kind: 'refused', reason: delivery.report.error }
      : delivery;
  }),
  ofCalls('has a payload that is not JSON tried again', async (invoke, ...args) => {
    const delivery = await invoke(...args);
    if (delivery.kind !== 'finished' || delivery.report.kind !== 'failed') return delivery;
    return { kind: 'finished', report: { kind: 'failed', error: delivery.report.error } };
  }),
  {
    name: 'accepts every third call and sends nothing',
    mutate: (invoker) => {
      let calls = 0;
      return altered(invoker, {
        invoke: async (...args) => {
          calls += 1;
          return calls % 3 === 0 ? { kind: 'accepted' } : invoker.invoke(...args);
        },
      });
    },
  },
  {
    name: 'refuses for ever once it was refused',
    mutate: (invoker) => {
      let isShut = false;
      return altered(invoker, {
        invoke: async (...args) => {
          const delivery = isShut ? ({ kind: 'refused', reason: 'as before' } as const) : await invoker.invoke(...args);
          isShut ||= delivery.kind === 'refused';
          return delivery;
        },
      });
    },
  },
];
