import type { Reeve } from '@reeve/core';
import type { Shop } from '../shop.ts';

export const LABOURERS: readonly (keyof Shop)[] = ['charge', 'receipt', 'stock-report'];

/** How a labourer's tasks stand. */
export interface Standing {
  readonly labourer: keyof Shop;
  readonly queued: number;
  readonly running: number;
  readonly completed: number;
  readonly dead: number;
}

/** More than a day of this shop. */
const MOST = 1_000;

/** As an operator sees it. */
export const look = async (reeve: Reeve<Shop>): Promise<readonly Standing[]> => {
  const counts = await reeve.census(LABOURERS);
  return Promise.all(
    LABOURERS.map(async (labourer, n) => {
      const { due = 0, waiting = 0, running = 0, expired = 0 } = counts[n] ?? {};
      const [completed, dead] = await Promise.all(
        (['completed', 'dead'] as const).map(async (state) => (await reeve.list({ labourer, state, limit: MOST })).tasks.length),
      );
      return { labourer, queued: due + waiting, running: running + expired, completed: completed ?? 0, dead: dead ?? 0 };
    }),
  );
};

export const isOver = ({ queued, running }: Standing): boolean => queued + running === 0;
