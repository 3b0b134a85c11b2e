import { ENTRIES, type Entry } from './entries.ts';
import { type StoreName, WORKLOADS, type Workload } from './workloads.ts';

/** One workload on one store, and who takes turns in it. */
export interface Contest {
  readonly store: StoreName;
  readonly workload: Workload;
  readonly entries: readonly Entry[];
}

// Whether a pattern such as "redis/drain-100" or "*/latency/reeve" means this one. What it leaves out at its end is any.
export const chooses = (pattern: string, path: readonly string[]): boolean =>
  pattern.split('/').every((part, n) => part === '*' || part === path[n]);

/** @param only patterns; empty: everything */
export const planOf = (only: readonly string[]): readonly Contest[] => {
  const chosen = (...path: readonly string[]): boolean => only.length === 0 || only.some((pattern) => chooses(pattern, path));
  return (['redis', 'postgres'] as const)
    .flatMap((store) =>
      WORKLOADS.map((workload) => ({
        store,
        workload,
        entries: ENTRIES.filter((each) => each.store === store && each.workloads.includes(workload.id)).filter(({ id }) =>
          chosen(store, workload.id, id),
        ),
      })),
    )
    .filter(({ entries }) => entries.length > 0);
};

/** Who goes first changes from round to round. */
export const turnsOf = <Item>(items: readonly Item[], round: number): readonly Item[] => {
  const first = round % Math.max(1, items.length);
  return [...items.slice(first), ...items.slice(0, first)];
};
