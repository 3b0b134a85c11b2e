// Where Reeve is put together: two labourers, the embedded store, and functions of this process as workers.

import { sqliteStore } from '@reeve/adapter-sqlite';
import { createReeve, DAY, type Handler, inProcessInvoker, type Labourer, type LabourerDefinition, type Reeve, SECOND } from '@reeve/core';
import { inspectPackage } from './labourers/inspect-package.ts';
import { simulatedStorage } from './labourers/storage.ts';
import { sumUp } from './labourers/sum-up.ts';

export const INSPECT = 'inspect-package';
export const SUM_UP = 'sum-up';

/**
 * A lease of 4 s and 1 s of grace: what a process held when it was killed is free again 5 s later at most. Work that takes
 * longer renews its lease by a heartbeat.
 */
export const LEASE: Labourer['lease'] = { duration: 4 * SECOND, cooldown: SECOND };

const common: Omit<LabourerDefinition, 'maxSimultaneousInvocations'> = {
  lease: LEASE,
  // Short, so that a retry is seen; and many, since each kill -9 costs the tasks that were running an attempt.
  retry: { kind: 'exponential', base: 800, limit: 2 * SECOND },
  maxAttempts: 50,
};

export interface Composition {
  /** The store's file. */
  readonly file: string;
  /** What the simulated storage takes to answer, in milliseconds. */
  readonly latency: number;
  /** Put around each worker, to see what it does. */
  readonly around: (labourer: string, worker: Handler) => Handler;
}

export const compose = ({ file, latency, around }: Composition): Reeve => {
  const storage = simulatedStorage(latency);
  const reeve: Reeve = createReeve({
    labourers: { [INSPECT]: { ...common, maxSimultaneousInvocations: 8 }, [SUM_UP]: { ...common, maxSimultaneousInvocations: 2 } },
    use: [
      sqliteStore({ file, keepEnded: 3_650 * DAY }), // started again with the same folder next year, it still knows what is done
      inProcessInvoker({
        handlers: {
          [INSPECT]: around(INSPECT, inspectPackage(storage)),
          [SUM_UP]: around(
            SUM_UP,
            sumUp(storage, (id) => reeve.find({ labourer: INSPECT, id })),
          ),
        },
      }),
    ],
  });
  return reeve;
};
