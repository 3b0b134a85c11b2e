const OVER = new Error('no longer waited for');

/**
 * Ends a waiting. Without a reason of its own `abort` makes a new DOMException with a stack each time, even on a controller that
 * has been aborted: in a profile of a busy loop that was more than all the rest of it.
 */
export const over = (waiting: AbortController): void => waiting.abort(OVER);
