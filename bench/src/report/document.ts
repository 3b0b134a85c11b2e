import type { Book } from '../figures/book.ts';
import { rowsOf } from '../figures/book.ts';
import { ENTRIES } from '../plan/entries.ts';
import { type StoreName, WORKLOADS } from '../plan/workloads.ts';
import { contestTable } from './contest-table.ts';
import { correctnessOf } from './correctness.ts';
import { tableOf } from './table.ts';
import { workerTable } from './worker-table.ts';

export const MARKERS = { begin: '<!-- bench:begin -->', end: '<!-- bench:end -->' } as const;

const TITLES = { redis: 'On Redis', postgres: 'On Postgres' } as const;

export const storesOf = (book: Book): readonly StoreName[] =>
  (['redis', 'postgres'] as const).filter((store) => book.rows.some((row) => row.store === store));

/** What stands between the markers of docs/benchmarks.md. */
export const figuresOf = (book: Book): string => {
  const { date, machine, node, servers, versions, rounds, minutes } = book.about;
  return [
    `Measured ${date}, ${rounds} rounds, ${minutes} minutes in all.`,
    ['', ...[machine, `Node ${node}`, ...servers, versions.join(', ')].map((each) => `- ${each}`)].join('\n').trim(),
    correctnessOf(book).join('\n'),
    ...storesOf(book).map((store) => sectionOf(book, store)),
  ].join('\n\n');
};

const sectionOf = (book: Book, store: StoreName): string => {
  const took = ENTRIES.filter((each) => each.store === store && book.rows.some((row) => row.store === store && row.entry === each.id));
  const { head, rows } = workerTable(book, store);
  return [
    `## ${TITLES[store]}`,
    `![${TITLES[store]}](benchmarks/${store}.svg)`,
    tableOf(
      ['contender', 'settings'],
      took.map(({ name, says }) => [name, says]),
    ),
    ...WORKLOADS.filter(({ id }) => rowsOf(book, store, id).length > 0).flatMap((workload) => {
      const table = contestTable(book, store, workload);
      return [`### ${workload.title}`, workload.says, tableOf(table.head, table.rows)];
    }),
    ...(rows.length > 0 ? ['### The worker process', 'At 100 in flight; the speeds are ratios round by round.', tableOf(head, rows)] : []),
  ].join('\n\n');
};

/**
 * The document with new figures between its markers.
 * @throws if it has no markers
 */
export const withFigures = (document: string, figures: string): string => {
  const begin = document.indexOf(MARKERS.begin);
  const end = document.indexOf(MARKERS.end);
  if (begin < 0 || end < begin) throw new Error(`the document lacks ${MARKERS.begin} and ${MARKERS.end}`);
  return `${document.slice(0, begin + MARKERS.begin.length)}\n\n${figures}\n\n${document.slice(end)}`;
};
