import type { Clock, InvokeContext, Labourer } from '@reeve/core';

/**
 * Keeps the lease alive while a worker has the request, a third of its length at a time. One answer of the store that is late or lost
 * leaves time for a further one.
 * @param lost is called if the lease is no longer this attempt's
 */
export const keepRenewing = async (
  { lease }: Labourer,
  context: Pick<InvokeContext, 'heartbeat'>,
  clock: Pick<Clock, 'sleep'>,
  over: AbortSignal,
  lost: () => void,
): Promise<void> => {
  while (!over.aborted) {
    await clock.sleep(lease.duration / 3, over);
    if (over.aborted) return;
    // Nobody knows whether it was renewed: `signal` of the attempt says when to stop.
    const alive = await context.heartbeat().catch(() => true);
    if (!alive) return lost();
  }
};
