import { type Millis, SECOND } from '@reeve/core';
import type { DownstreamModel } from './model.ts';

export interface QuotaOptions {
  readonly perSecond: number;
  /** How many more it takes at once after a rest. Default: those of one second. */
  readonly burst?: number;
  /** What it says with a 429. Default: nothing, and the labourer's own retry counts. */
  readonly retryAfter?: Millis;
}

/**
 * An API with a quota: a bucket of `burst` tokens, filled anew at `perSecond`; a call that finds none is answered with 429 at once.
 *
 * Its limit is the quota: it is over it for a second after each 429.
 */
export const quota =
  ({ perSecond, burst = perSecond, retryAfter }: QuotaOptions): DownstreamModel =>
  () => {
    let tokens = burst;
    let filledAt = 0;
    let refusedAt = Number.NEGATIVE_INFINITY;
    const fill = (at: Millis): void => {
      tokens = Math.min(burst, tokens + ((at - filledAt) * perSecond) / SECOND);
      filledAt = at;
    };
    const used = (asked: number): number => asked / perSecond;
    return {
      serve: ({ at }, alone) => {
        fill(at);
        if (tokens < 1) {
          refusedAt = at;
          return { took: ANSWERS_IN, failure: { error: 'TooManyRequests: 429', ...(retryAfter !== undefined && { retryAfter }) } };
        }
        tokens -= 1;
        return { took: alone };
      },
      metrics: ({ perSecond: asked }) => ({ used: 100 * used(asked), perSecond: asked }),
      // A second may hold more calls than its share, while there is a burst to take them from: that is no harm.
      strain: ({ at, perSecond: asked }) => (at - refusedAt < SECOND ? Math.max(OVER, used(asked)) : Math.min(1, used(asked))),
    };
  };

const ANSWERS_IN = 20;
const OVER = 1.01;
