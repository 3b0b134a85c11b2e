import { type Book, rowsOf } from '../figures/book.ts';
import { WORKLOADS } from '../plan/workloads.ts';
import type { Result } from '../run/result.ts';
import { contestTable } from './contest-table.ts';
import { correctnessOf } from './correctness.ts';
import { storesOf } from './document.ts';
import { MEBIBYTE, shown } from './numbers.ts';
import { tableOf } from './table.ts';
import { workerTable } from './worker-table.ts';

/** One run, as it is over. */
export const lineOf = (what: string, round: number, result: Result | Error): string => {
  const name = `${String(round + 1).padStart(3)}  ${what.padEnd(46)}`;
  if (result instanceof Error) return `${name} FAILED: ${result.message}`;
  const { value, steady, memory, stopped } = result;
  return [
    name,
    shown(value).padStart(10),
    steady === undefined ? '' : `  from 20 % on ${shown(steady)}`,
    memory === undefined ? '' : `  ${shown(memory / MEBIBYTE)} MiB`,
    stopped ? `  stopped after ${result.done} of ${result.tasks}` : '',
  ].join('');
};

/** All of it, for people at a terminal. */
export const reportOf = (book: Book): string =>
  [
    ...storesOf(book).flatMap((store) => [
      ...WORKLOADS.filter(({ id }) => rowsOf(book, store, id).length > 0).flatMap((workload) => {
        const table = contestTable(book, store, workload);
        return [`\n${store}: ${workload.title}`, tableOf(table.head, table.rows)];
      }),
      ...workerLines(book, store),
    ]),
    '',
    ...correctnessOf(book),
  ].join('\n');

const workerLines = (book: Book, store: 'redis' | 'postgres'): readonly string[] => {
  const { head, rows } = workerTable(book, store);
  return rows.length === 0 ? [] : [`\n${store}: the worker process`, tableOf(head, rows)];
};
