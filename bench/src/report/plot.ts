// A plot as SVG: a panel for each workload, a bar for each contender, a line from its worst round to its best.
import { type Book, type Row, roundsOf, rowsOf } from '../figures/book.ts';
import { type Spread, spreadOf } from '../figures/median.ts';
import { entryOf } from '../plan/entries.ts';
import { type StoreName, WORKLOADS, type Workload } from '../plan/workloads.ts';
import { headOf, shown } from './numbers.ts';

const WIDTH = 760;
const NAMES = 190;
const BARS = 440;
const BAR = 14;
const STEP = 22;
const TITLE = 34;
const GAP = 14;

// Colours of the middle, which are seen on white and on black; the texts follow the reader's scheme.
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 13px }
  .unit { fill: #6e7781 }
  .name { text-anchor: end }
  .bar { fill: #8c959f }
  .ours { fill: #2f81f7 }
  .spread { stroke: #cf6f1d; stroke-width: 2 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .unit { fill: #9198a1 } }`;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

interface Bar {
  readonly name: string;
  readonly ours: boolean;
  readonly spread: Spread;
}

const barsOf = (rows: readonly Row[]): readonly Bar[] =>
  rows.flatMap((row) => {
    const values = roundsOf(row, ({ value }) => value).filter((value) => value !== undefined);
    const { name, framework } = entryOf(row.store, row.entry);
    return values.length === 0 ? [] : [{ name, ours: framework === 'reeve', spread: spreadOf(values) }];
  });

const panel = (bars: readonly Bar[], workload: Workload, top: number): readonly string[] => {
  const scale = BARS / Math.max(...bars.map(({ spread }) => spread.max), Number.MIN_VALUE);
  const better = workload.unit === 'ms' ? 'less is better' : 'more is better';
  const at = (value: number): string => (NAMES + value * scale).toFixed(1);
  return [
    `<text class="title" x="0" y="${top + 16}">${escaped(workload.title)} <tspan class="unit">${escaped(headOf(workload))}, ${better}</tspan></text>`,
    ...bars.flatMap(({ name, ours, spread }, n) => {
      const y = top + TITLE + n * STEP - 8;
      const middle = y + BAR / 2;
      return [
        `<text class="name" x="${NAMES - 8}" y="${y + 11}">${escaped(name)}</text>`,
        `<rect class="bar${ours ? ' ours' : ''}" x="${NAMES}" y="${y}" width="${Math.max(1, spread.median * scale).toFixed(1)}" height="${BAR}" rx="2"/>`,
        `<line class="spread" x1="${at(spread.min)}" x2="${at(spread.max)}" y1="${middle}" y2="${middle}"/>`,
        `<text x="${(NAMES + spread.max * scale + 8).toFixed(1)}" y="${y + 11}">${shown(spread.median)}</text>`,
      ];
    }),
  ];
};

/** All workloads on one store. */
export const plotOf = (book: Book, store: StoreName): string => {
  const lines: string[] = [];
  let top = 0;
  for (const workload of WORKLOADS) {
    const bars = barsOf(rowsOf(book, store, workload.id));
    if (bars.length === 0) continue;
    lines.push(...panel(bars, workload, top));
    top += TITLE + bars.length * STEP + GAP;
  }
  const title = `Reeve and its rivals on ${store}: the median of ${book.about.rounds} rounds, and a line from the least to the most`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    ...lines,
    '</svg>\n',
  ].join('\n');
};
