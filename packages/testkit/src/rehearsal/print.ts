import { type Column, columnsOf } from './columns.ts';
import { clockText, numberText, percentText, timeText } from './format.ts';
import type { Decision, Moment, Summary } from './moment.ts';

const WIDTH = 72;
const MARGIN = 8;
/** So many of the first decisions, and of the last, are told. */
const FEW = 6;

export interface Printed {
  readonly series: readonly Moment[];
  readonly summary: Summary;
  readonly decisions: readonly Decision[];
}

/** A table and plots, for a terminal. */
export const printRehearsal = ({ series, summary, decisions }: Printed): string => {
  const columns = columnsOf(series, WIDTH);
  return [
    ...table(summary),
    '',
    ...plot('queue', columns, [{ mark: '#', of: ({ queue }) => queue }]),
    ...plot('running #, cap -', columns, [
      { mark: '-', of: ({ cap }) => cap },
      { mark: '#', of: ({ running }) => running },
    ]),
    ...plot('completed in a second', columns, [{ mark: '#', of: ({ throughput }) => throughput }]),
    ...plot('strain of the downstream, ! over its limit', columns, [{ mark: '#', of: ({ strain }) => strain }], 1),
    'health, 4 High to 0 Bad',
    `${' '.repeat(MARGIN)}|${columns.map(({ health }) => health).join('')}`,
    axis(columns, series),
    ...tellDecisions(decisions),
    '',
  ].join('\n');
};

const table = (summary: Summary): readonly string[] => {
  const { arrived, completed, dead, failed, throughput, underLimit, longestOver, waited, queue } = summary;
  const rows = [
    [
      'tasks',
      `${numberText(arrived)} came, ${numberText(completed)} completed, ${numberText(dead)} given up, ${numberText(queue)} waiting`,
    ],
    ['throughput', `${numberText(throughput)} completed in a second; ${numberText(failed)} attempts failed`],
    ['waiting time', `half up to ${timeText(waited.p50)}, 99 of 100 up to ${timeText(waited.p99)}`],
    ['downstream', `under its limit ${percentText(underLimit)} of the time, over it for ${timeText(longestOver)} at the longest`],
  ] as const;
  return rows.map(([name, text]) => `${name.padEnd(14)}${text}`);
};

interface Line {
  readonly mark: string;
  readonly of: (column: Column) => number | undefined;
}

const ROWS = 6;

/** @param limit where to draw attention */
const plot = (title: string, columns: readonly Column[], lines: readonly Line[], limit?: number): readonly string[] => {
  const values = columns.flatMap((column) => lines.map(({ of }) => of(column) ?? 0));
  const top = Math.max(limit ?? 0, ...values) || 1;
  const rows = Array.from({ length: ROWS }, (_, n) => {
    const row = ROWS - n;
    const cells = columns.map((column) => cellOf(column, lines, row, top, limit));
    const label = row === ROWS ? numberText(top) : row === 1 ? '0' : '';
    return `${label.padStart(MARGIN)}|${cells.join('')}`.trimEnd();
  });
  return [title, ...rows, ''];
};

/** The last line that reaches into this row is the one that is seen. */
const cellOf = (column: Column, lines: readonly Line[], row: number, top: number, limit: number | undefined): string =>
  lines.reduce((cell, { mark, of }) => {
    const value = of(column);
    if (value === undefined) return row === 1 ? 'x' : cell;
    const height = Math.ceil((value / top) * ROWS - 1e-9);
    if (mark === '-' ? height !== row : height < row) return cell;
    return limit !== undefined && value > limit ? '!' : mark;
  }, ' ');

const axis = (columns: readonly Column[], series: readonly Moment[]): string => {
  const last = clockText(series.at(-1)?.at ?? 0);
  return `${' '.repeat(MARGIN)} ${'0:00'.padEnd(Math.max(4, columns.length - last.length))}${last}`;
};

const tellDecisions = (decisions: readonly Decision[]): readonly string[] => {
  if (decisions.length === 0) return [];
  const tell = ({ at, what }: Decision): string => `${clockText(at).padStart(MARGIN)}  ${what}`;
  const left = decisions.length - 2 * FEW;
  if (left <= 0) return ['', ...decisions.map(tell)];
  return ['', ...decisions.slice(0, FEW).map(tell), `${' '.repeat(MARGIN)}  ... ${left} more`, ...decisions.slice(-FEW).map(tell)];
};
