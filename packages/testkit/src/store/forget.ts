import type { Retention } from '@reeve/core';
import type { StoreBench } from './bench.ts';
import { keyOf, labourer, range } from './given.ts';

/** Calls until there is no more to do. */
export const maintainAll = async (
  { store }: StoreBench,
  labourers: readonly string[],
  retention?: ReadonlyMap<string, Retention>,
): Promise<void> => {
  for (let calls = 0; calls < 100; calls += 1) if (!(await store.maintain(labourers, retention)).more) return;
  throw new Error('maintain says for ever that there is more to do');
};

/** Forgets what is to be kept no more; what lags behind in an index is met the second time. */
export const forgetAll = async (
  bench: StoreBench,
  labourers: readonly string[],
  retention: ReadonlyMap<string, Retention>,
): Promise<void> => {
  for (let rounds = 0; rounds < 2; rounds += 1) {
    await bench.settled?.();
    await maintainAll(bench, labourers, retention);
  }
  await bench.settled?.();
};

/** The same of the labourer of most cases. */
export const forget = (bench: StoreBench, retention: Retention): Promise<void> =>
  forgetAll(bench, [labourer], new Map([[labourer, retention]]));

/** Which of so many tasks there still are. */
export const left = async (bench: StoreBench, count: number): Promise<readonly number[]> => {
  const records = await Promise.all(range(count).map((n) => bench.peer.find(keyOf(n))));
  return range(count).filter((n) => records[n] !== undefined);
};
