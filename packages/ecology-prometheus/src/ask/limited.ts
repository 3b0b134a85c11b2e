import type { Millis } from '@reeve/core';

export interface Limited {
  readonly signal: AbortSignal;
  /** It was not the caller's signal that ended it. */
  readonly isTooLong: () => boolean;
  /** To be called when what was limited has ended. */
  readonly end: () => void;
}

/**
 * A signal that aborts with another one, or after so long. Not `AbortSignal.any` with `AbortSignal.timeout`: in Node 20 nothing holds on
 * to the timer then, and once garbage is collected it never goes off.
 */
export const limited = (outer: AbortSignal, limit: Millis): Limited => {
  const stop = new AbortController();
  let isTooLong = false;
  const timer = setTimeout(() => {
    isTooLong = true;
    stop.abort(new Error(`not within ${limit} ms`));
  }, limit);
  const onAbort = (): void => stop.abort(outer.reason);
  if (outer.aborted) onAbort();
  else outer.addEventListener('abort', onAbort, { once: true });
  return {
    signal: stop.signal,
    isTooLong: () => isTooLong,
    end: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', onAbort);
    },
  };
};
