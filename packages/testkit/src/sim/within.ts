import type { Clock } from '@reeve/core';

/** A caller's own time limit, in milliseconds. */
const LIMIT = 20_000;

/** Waits for an answer, and not for ever, as whoever calls a store from outside of the essentials has to see to for himself. */
export const within = async <T>(clock: Clock, answer: Promise<T>): Promise<T> => {
  const over = new AbortController();
  const silence = clock.sleep(LIMIT, over.signal).then(() => {
    if (!over.signal.aborted) throw new Error(`no answer within ${LIMIT} ms`);
    return answer;
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    over.abort();
  }
};
