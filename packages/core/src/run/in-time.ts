import { MINUTE, type Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import { over } from './over.ts';

/** Longer than any client of a database waits by itself. */
export const PATIENCE: Millis = MINUTE;

const SILENCE = Symbol('silence');

/**
 * Waits for a store's answer, and not for ever: over a connection that is half open an answer may never come, and whoever
 * waits for it would never ask again. What was asked may have happened; a lease that was taken so runs out.
 * @param signal ends the waiting before its time
 * @throws ReeveError STORE_NO_ANSWER, or what the call throws
 */
export const inTime = async <T>(clock: Clock, verb: string, call: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
  const answered = new AbortController();
  const end = (): void => over(answered);
  if (signal?.aborted) end();
  else signal?.addEventListener('abort', end);
  try {
    const silence = clock.sleep(PATIENCE, answered.signal).then(() => SILENCE);
    const answer = await Promise.race([call(), silence]);
    if (answer === SILENCE) throw noAnswer(verb);
    return answer as T;
  } finally {
    signal?.removeEventListener('abort', end);
    end(); // of the sleep, which holds the process open
  }
};

export const noAnswer = (verb: string): ReeveError =>
  new ReeveError({
    kind: 'unavailable',
    code: 'STORE_NO_ANSWER',
    message: `${verb}: the store has not answered within ${PATIENCE} ms; give its client a shorter time limit of its own`,
  });
