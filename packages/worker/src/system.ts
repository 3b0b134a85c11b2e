import { randomUUID } from 'node:crypto';
import type { World } from './api.ts';

/** Node takes a longer wait for none at all. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const system: World = {
  clock: {
    now: () => Date.now(),
    sleep: (wait, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const end = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', end);
          resolve();
        };
        const timer = setTimeout(end, Math.min(Math.max(0, wait), LONGEST_TIMER));
        signal?.addEventListener('abort', end);
      }),
  },
  chance: { id: () => randomUUID(), random: () => Math.random() },
};
