import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { TaskContext } from '@reeve/core';

/**
 * Stands for what a real worker depends on: it takes its time to answer, and now and then it fails. Local files do neither, and a
 * run without both would show little.
 */
export interface Storage {
  /** Resolves when it has answered. @throws an Error for the hiccup, or when the attempt must stop */
  answer(context: TaskContext): Promise<void>;
}

/** One in so many tasks meets a hiccup at its first attempt. */
export const HICCUP_IN = 8;

export const simulatedStorage = (latency: number): Storage => ({
  answer: async ({ id, attempt, signal }) => {
    if (latency > 0) await wait(latency, undefined, { signal });
    if (attempt === 1 && meetsHiccup(id)) throw new Error('storage hiccup (simulated)');
  },
});

/** The same tasks in every run: what fails by chance cannot be looked into. */
export const meetsHiccup = (id: string): boolean => (createHash('sha256').update(id).digest()[0] ?? 0) % HICCUP_IN === 0;
