import { type Book, type Row, roundsOf, rowsOf } from '../figures/book.ts';
import { ratioOf, spreadOf } from '../figures/median.ts';
import { ENTRIES, entryOf } from '../plan/entries.ts';
import type { StoreName, WorkloadId } from '../plan/workloads.ts';
import type { Result } from '../run/result.ts';
import type { Table } from './contest-table.ts';
import { MEBIBYTE, shown, shownRatio } from './numbers.ts';

const median = (row: Row | undefined, figure: (result: Result) => number | undefined): string => {
  const values = row ? roundsOf(row, figure).filter((value) => value !== undefined) : [];
  return values.length === 0 ? '' : shown(spreadOf(values).median);
};

const rowOf = (book: Book, store: StoreName, workload: WorkloadId, entry: string): Row | undefined =>
  rowsOf(book, store, workload).find((row) => row.entry === entry);

/** What a worker process costs, and what the tenfold backlog does to its speed. */
export const workerTable = (book: Book, store: StoreName): Table => {
  const entries = ENTRIES.filter((each) => each.store === store && rowOf(book, store, 'drain-100', each.id));
  return {
    head: ['', 'memory, MiB', 'memory, tenfold backlog', 'CPU of the worker, µs per task', 'speed at 200,000 / at 20,000', 'from 20 % on'],
    rows: entries.map(({ id }) => {
      const [small, large] = [rowOf(book, store, 'backlog-short', id), rowOf(book, store, 'backlog', id)];
      const memory = ({ memory }: Result) => memory && memory / MEBIBYTE;
      const kept = (figure: (result: Result) => number | undefined): string => {
        const ratio = small && large && ratioOf(roundsOf(large, figure), roundsOf(small, figure));
        return ratio ? shownRatio(ratio) : '';
      };
      return [
        entryOf(store, id).name,
        median(small, memory),
        median(large, memory),
        median(small, ({ cpuPerTask }) => cpuPerTask),
        kept(({ value }) => value),
        kept(({ steady }) => steady),
      ];
    }),
  };
};
