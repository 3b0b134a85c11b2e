import type { EpochMs, Millis } from '../domain/time.ts';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';

const FIRST_WAIT: Millis = 100;
const LONGEST_WAIT: Millis = 5_000;

/** Between half and the whole of a wait that doubles from 100 ms to 5 s. */
export const pauseAfter = (failures: number, random: number): Millis =>
  Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(failures - 1, 10)) * (0.5 + random / 2);

/**
 * Repeats what may safely be repeated (a fenced verdict, an idempotent enqueue) until it succeeds or the time is over.
 * @throws what the last try threw
 */
export const persist = async <T>(
  operation: () => Promise<T>,
  { clock, chance, until }: { readonly clock: Clock; readonly chance: Chance; readonly until: EpochMs },
): Promise<T> => {
  for (let failures = 1; ; failures += 1) {
    try {
      return await operation();
    } catch (error) {
      const pause = pauseAfter(failures, chance.random());
      if (clock.now() + pause >= until) throw error;
      await clock.sleep(pause);
    }
  }
};
