import type { FaultyProxy, Toxic } from '@reeve/testkit';
import type { FaultName } from '../plan/plan.ts';
import type { Fault } from './stage.ts';

/** Of pieces of bytes, in `cuts` and `lostAnswers`: often enough to hurt, seldom enough for most to come through. */
const SHARE = 0.02;

/** What a proxy does to a store that is behind it. */
export const proxyFaults = (proxy: FaultyProxy): Readonly<Partial<Record<FaultName, Fault>>> => {
  const during =
    (...toxics: readonly Toxic[]): Fault =>
    async () => {
      const removers = toxics.map((each) => proxy.add(each));
      return async () => {
        for (const remove of removers) remove();
      };
    };
  const once =
    (act: () => number): Fault =>
    async () => {
      act();
      return undefined;
    };
  return {
    latency: during({ kind: 'latency', wait: 5, jitter: 45 }),
    slice: during({ kind: 'slice', most: 64 }),
    cuts: during({ kind: 'cut', share: SHARE }),
    lostAnswers: during({ kind: 'cutAfterAnswer', share: SHARE }),
    cutAll: once(() => proxy.cut()),
    refuse: async () => {
      const remove = proxy.add({ kind: 'refuse' });
      proxy.cut();
      return async () => remove();
    },
    blackHole: during({ kind: 'blackHole' }),
    halfOpen: once(() => proxy.halfOpen()),
    stall: during({ kind: 'stall' }),
  };
};

/** Through which nobody can work for as long as they last, or until connections have been made anew. */
export const OUTAGES: ReadonlySet<FaultName> = new Set<FaultName>([
  ...(['cutAll', 'refuse', 'blackHole', 'halfOpen', 'stall', 'terminate', 'restart', 'hang', 'failover', 'pooler', 'lock'] as const),
]);
