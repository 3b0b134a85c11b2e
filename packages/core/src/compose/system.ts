import { randomUUID } from 'node:crypto';
import type { Chance } from '../ports/chance.ts';
import type { Clock } from '../ports/clock.ts';

/** The longest wait that setTimeout keeps; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (wait, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, Math.min(Math.max(0, wait), LONGEST_TIMER));
      signal?.addEventListener('abort', finish, { once: true });
    }),
};

/** The randomness of this machine: UUIDs of version 4 from its cryptographic source. */
export const systemChance: Chance = { id: () => randomUUID(), random: () => Math.random() };
