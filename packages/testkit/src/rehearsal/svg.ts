import type { Millis } from '@reeve/core';
import { type Column, columnsOf } from './columns.ts';
import { clockText, numberText } from './format.ts';
import type { Moment } from './moment.ts';

const WIDTH = 760;
const LEFT = 56;
const RIGHT = 8;
const HEIGHT = 84;
const GAP = 40;
const TOP = 20;
const COLUMNS = 480;

interface Curve {
  readonly className: string;
  readonly of: (column: Column) => number | undefined;
}

interface Panel {
  readonly title: string;
  readonly curves: readonly Curve[];
  /** Drawn across. */
  readonly line?: number;
  readonly least?: number;
}

const PANELS: readonly Panel[] = [
  { title: 'tasks that wait', curves: [{ className: 'main', of: ({ queue }) => queue }] },
  {
    title: 'running, and <tspan class="cap">the cap</tspan>',
    curves: [
      { className: 'main', of: ({ running }) => running },
      { className: 'second', of: ({ cap }) => cap },
    ],
  },
  { title: 'completed in a second', curves: [{ className: 'main', of: ({ throughput }) => throughput }] },
  {
    title: 'strain of the downstream, and <tspan class="limit">its limit</tspan>',
    curves: [{ className: 'main', of: ({ strain }) => strain }],
    line: 1,
  },
  { title: 'health, from 0 Bad to 4 High', curves: [{ className: 'second', of: ({ health }) => health }], least: 4 },
];

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .tick { fill: #6e7781; text-anchor: end }
  .time { fill: #6e7781 }
  polyline { fill: none; stroke-width: 1.5 }
  .main { stroke: #2f81f7 }
  .second { stroke: #cf6f1d }
  .cap { fill: #cf6f1d }
  .limit { fill: #cf222e }
  .across { stroke: #cf222e; stroke-dasharray: 4 3 }
  .frame { stroke: #8c959f; stroke-width: .5 }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .tick, .time { fill: #9198a1 } }
`;

/** Plots for a document, one below the other. @param title for those who cannot see them */
export const svgOf = (series: readonly Moment[], title: string): string => {
  const columns = columnsOf(series, COLUMNS);
  const end = series.at(-1)?.at ?? 0;
  const height = TOP + PANELS.length * (HEIGHT + GAP);
  const parts = PANELS.flatMap((panel, n) => draw(panel, columns, end, TOP + n * (HEIGHT + GAP)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${STYLE}</style>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
};

const draw = ({ title, curves, line, least = 0 }: Panel, columns: readonly Column[], end: Millis, top: number): readonly string[] => {
  const values = columns.flatMap((column) => curves.map(({ of }) => of(column) ?? 0));
  const most = Math.max(line ?? 0, least, ...values) || 1;
  const bottom = top + HEIGHT;
  const x = (at: Millis): string => (LEFT + ((WIDTH - LEFT - RIGHT) * at) / Math.max(1, end)).toFixed(1);
  const y = (value: number): string => (bottom - (HEIGHT * value) / most).toFixed(1);
  return [
    `<text class="title" x="${LEFT}" y="${top - 6}">${title}</text>`,
    `<line class="frame" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${bottom}" y2="${bottom}"/>`,
    `<text class="tick" x="${LEFT - 6}" y="${top + 10}">${numberText(most)}</text>`,
    `<text class="tick" x="${LEFT - 6}" y="${bottom}">0</text>`,
    ...(line === undefined ? [] : [`<line class="across" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(line)}" y2="${y(line)}"/>`]),
    ...curves.flatMap(({ className, of }) =>
      stretches(columns, of).map((part) => {
        const points = part.map(([at, value]) => `${x(at)},${y(value)}`).join(' ');
        return `<polyline class="${className}" points="${points}"/>`;
      }),
    ),
    `<text class="time" x="${LEFT}" y="${bottom + 14}">0:00</text>`,
    `<text class="tick" x="${WIDTH - RIGHT}" y="${bottom + 14}">${clockText(end)}</text>`,
  ];
};

/** Where there is no value, there is no line. */
const stretches = (columns: readonly Column[], of: Curve['of']): readonly (readonly (readonly [Millis, number])[])[] => {
  const parts: (readonly [Millis, number])[][] = [[]];
  for (const column of columns) {
    const value = of(column);
    if (value !== undefined) parts.at(-1)?.push([column.at, value]);
    else if (parts.at(-1)?.length) parts.push([]);
  }
  return parts.filter(({ length }) => length > 0);
};

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
