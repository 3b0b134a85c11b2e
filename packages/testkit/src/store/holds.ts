import type { StoreBench, StoreCase } from './bench.ts';

/** One case, in one line: which promise, what is seen of it, and how. */
export const holds = (promise: string, title: string, run: (bench: StoreBench) => Promise<void>): StoreCase => ({ promise, title, run });
