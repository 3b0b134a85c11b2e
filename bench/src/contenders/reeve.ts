import { createReeve, inProcessInvoker, type Reeve, type ReeveOptions } from '@reeve/core';
import type { Contender, Handler, Payload, Setup } from './contender.ts';

export const LABOURER = 'bench';

export interface ReeveSettings {
  /** A cap of so many times what runs at once: the rest is claimed ahead. Default 1. */
  readonly ahead?: number;
  /** The tasks belong to so many tenants by turns, of which each may run two at once. Default: none. */
  readonly keys?: number;
}

/** @param store a fresh one for each composition */
export const reeve = (
  setup: Setup,
  store: () => ReeveOptions['use'][number],
  reset: () => Promise<void>,
  { ahead = 1, keys }: ReeveSettings = {},
): Contender => {
  const compose = (handler: Handler) =>
    createReeve({
      // One cap for all processes together: as many as those of the others have in all.
      labourers: {
        [LABOURER]: {
          target: LABOURER,
          maxSimultaneousInvocations: setup.concurrency * setup.processes * ahead,
          ...(keys !== undefined && { perKey: 2 }),
        },
      },
      use: [store(), inProcessInvoker({ handlers: { [LABOURER]: handler }, ...(ahead > 1 && { parallelism: setup.concurrency }) })],
    });
  const keyOf = ({ i }: Payload) => (keys === undefined ? {} : { key: `tenant-${i % keys}` });
  return {
    reset,
    producer: async () => {
      const composed = compose(async () => {});
      await composed.start();
      return {
        add: (payload) => composed.enqueue(LABOURER, payload, keyOf(payload)),
        addMany: (payloads) =>
          composed.enqueueMany(
            LABOURER,
            payloads.map((payload) => ({ payload, ...keyOf(payload) })),
          ),
        unfinished: async () => {
          const [census] = await composed.census();
          if (!census) return 0;
          const { due, waiting, running, expired, atLeast = false } = census;
          return (atLeast ? await queuedIn(composed) : due + waiting) + running + expired;
        },
        close: () => composed.close(),
      };
    },
    worker: async (handler) => {
      const composed = compose(handler);
      await composed.start();
      for (const name of ['labourer.failed', 'store.failed'] as const) composed.on(name, ({ error }) => console.error(name, error));
      const stop = new AbortController();
      let ended: Promise<void> | undefined;
      return {
        start: async () => {
          ended = composed.run({ signal: stop.signal });
        },
        close: async () => {
          stop.abort();
          await ended;
          await composed.close();
        },
      };
    },
  };
};

/** A census counts no further than it can afford to. */
const queuedIn = async (composed: Reeve): Promise<number> => {
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await composed.list({ labourer: LABOURER, state: 'queued', limit: 1_000, ...(cursor !== undefined && { cursor }) });
    count += page.tasks.length;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return count;
};
