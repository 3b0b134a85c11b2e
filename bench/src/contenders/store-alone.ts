import { type Lease, type Lifecycle, refOf, type TaskStore, type Verdict } from '@reeve/core';
import type { Contender, Handler, Payload, Setup } from './contender.ts';
import { LABOURER } from './reeve.ts';

const LANES = 2;
const LEASE = 60_000;

type OpenStore = TaskStore & Required<Lifecycle>;

/**
 * The bound of what a run loop can reach on a store: lanes that give the verdicts on what they had and are given the next, and nothing
 * else. No lease is looked after, no health, no stop; what is left of it in Reeve's figure is what those cost.
 */
export const storeAlone = (setup: Setup, open: () => Promise<OpenStore>, { reset, producer }: Contender): Contender => ({
  reset,
  producer,
  worker: async (handler) => {
    const store = await open();
    let lanes: Promise<unknown> | undefined;
    return {
      start: async () => {
        lanes = Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(store, handler, setup.concurrency, lane)));
      },
      close: async () => {
        await lanes;
        await store.close();
      },
    };
  },
});

/** Until there is nothing due and nothing to say. */
const runLane = async (store: OpenStore, handler: Handler, cap: number, lane: number): Promise<void> => {
  const limit = Math.ceil(cap / LANES);
  let verdicts: readonly Verdict[] = [];
  for (let n = 0; ; n += 1) {
    const request = { labourer: LABOURER, token: `lane-${lane}-${n}`, cap, limit, lease: LEASE };
    const { leases } = await store.exchange(verdicts, request);
    if (leases.length === 0) return;
    verdicts = await Promise.all(leases.map((lease) => attempt(lease, handler)));
  }
};

const attempt = async (lease: Lease, handler: Handler): Promise<Verdict> => {
  await handler(JSON.parse(lease.payload) as Payload);
  return { ...refOf(lease), kind: 'completed' };
};
