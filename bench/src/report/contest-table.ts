import { type Book, type Row, roundsOf, rowsOf } from '../figures/book.ts';
import { ratioOf, spreadOf } from '../figures/median.ts';
import { entryOf } from '../plan/entries.ts';
import type { StoreName, Workload } from '../plan/workloads.ts';
import { headOf, shown, shownRatio, shownSpread } from './numbers.ts';

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Samples from which a p99 says something. */
const ENOUGH = 50;

/** One workload on one store: a line for each contender, with how many times as fast each Reeve was, round by round. */
export const contestTable = (book: Book, store: StoreName, workload: Workload): Table => {
  const rows = rowsOf(book, store, workload.id);
  const ours = rows.filter(({ entry }) => entryOf(store, entry).framework === 'reeve');
  const drains = workload.sizes.whole.kind === 'drain';
  const latency = workload.unit === 'ms';
  return {
    head: [
      '',
      headOf(workload),
      'min .. max',
      ...(drains ? ['from 20 % on'] : latency ? ['p99, ms'] : []),
      ...ours.map(({ entry }) => `${entryOf(store, entry).name}: times as fast`),
    ],
    rows: rows.map((row) => lineOf(row, ours, workload)),
  };
};

const lineOf = (row: Row, ours: readonly Row[], { unit, sizes }: Workload): readonly string[] => {
  const values = roundsOf(row, ({ value }) => value);
  const spread = spreadIn(values);
  const stopped = row.rounds.some((each) => each?.stopped) ? ' (stopped)' : '';
  const second = sizes.whole.kind === 'drain' ? steadyOf(row) : p99Of(row);
  return [
    entryOf(row.store, row.entry).name,
    spread ? `${shown(spread.median)}${stopped}` : 'failed',
    spread ? shownSpread(spread) : '',
    ...(sizes.whole.kind === 'drain' || unit === 'ms' ? [second] : []),
    ...ours.map((own) => {
      const [mine, other] = [roundsOf(own, ({ value }) => value), values];
      const ratio = own.entry === row.entry ? undefined : unit === 'ms' ? ratioOf(other, mine) : ratioOf(mine, other);
      return ratio ? shownRatio(ratio) : '';
    }),
  ];
};

const spreadIn = (values: readonly (number | undefined)[]) => {
  const there = values.filter((value) => value !== undefined);
  return there.length === 0 ? undefined : spreadOf(there);
};

const steadyOf = (row: Row): string => {
  const spread = spreadIn(roundsOf(row, ({ steady }) => steady));
  return spread ? shown(spread.median) : '';
};

const p99Of = (row: Row): string => {
  const spread = spreadIn(roundsOf(row, ({ p99, tasks }) => (tasks >= ENOUGH ? p99 : undefined)));
  return spread ? shown(spread.median) : '';
};
