import type { Labourer } from '../domain/labourer.ts';
import { type Lease, refOf, type Verdict } from '../domain/task.ts';
import type { EpochMs } from '../domain/time.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Holds } from './holds.ts';

/** How a batch of leases fared. */
export interface Tally {
  accepted: number;
  finished: number;
  refused: number;
  unknown: number;
}

export interface TurnParts {
  readonly dispatcher: Dispatcher;
  readonly holds: Holds;
  /** An instant before the leases were asked for. */
  readonly since: EpochMs;
  /** How many invocations of one labourer are under way at once. */
  readonly parallelism: number;
  /** Called with each verdict as soon as it is known. */
  readonly onVerdict: (verdict: Verdict, lease: Lease) => void;
}

/**
 * Hands a batch of leases to the invoker in their order, so many at once. After a refusal the rest of the batch is not
 * tried: it would be refused too, and each try delays the labourer's recovery. Those leases are released.
 */
export const dispatchAll = async (
  labourer: Labourer,
  leases: readonly Lease[],
  { dispatcher, holds, since, parallelism, onVerdict }: TurnParts,
): Promise<Tally> => {
  const tally: Tally = { accepted: 0, finished: 0, refused: 0, unknown: 0 };
  let next = 0;
  let refusal = false;
  const lane = async (): Promise<void> => {
    for (let lease = leases[next]; lease !== undefined; lease = leases[next]) {
      next += 1;
      if (refusal) {
        tally.refused += 1;
        onVerdict({ ...refOf(lease), kind: 'released' }, lease);
        continue;
      }
      const dispatched = await dispatcher.dispatch(labourer, lease, since);
      tally[dispatched.kind] += 1;
      if (dispatched.kind === 'refused') {
        refusal = true;
        holds.refused(labourer.id, dispatched.reason, dispatched.retryAfter);
      } else if (dispatched.kind !== 'unknown') holds.received(labourer.id);
      if ('verdict' in dispatched) onVerdict(dispatched.verdict, lease);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelism, leases.length) }, lane));
  return tally;
};
