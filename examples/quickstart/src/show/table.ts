import { type Piece, piece, type Row, type Tone } from './paint.ts';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

export interface TableRow {
  readonly cells: readonly string[];
  readonly tone?: Tone;
}

const INDENT = '  ';
/** Between two columns, in characters: the wider one where it fits. */
const GAPS = [3, 2] as const;
const NARROWEST = 8;

/** A table with a line of titles; the first column gives way where the whole is too wide. */
export const table = (columns: readonly Column[], rows: readonly TableRow[], width: number): readonly Row[] => {
  const widths = columns.map(({ title }, n) => Math.max(title.length, ...rows.map(({ cells }) => [...(cells[n] ?? '')].length)));
  const excessWith = (gap: number): number => INDENT.length + widths.reduce((sum, each) => sum + each + gap, -gap) - width;
  const gap = GAPS.find((each) => excessWith(each) <= 0) ?? Math.min(...GAPS);
  const excess = excessWith(gap);
  if (excess > 0) widths[0] = Math.max(NARROWEST, (widths[0] ?? 0) - excess);
  const row = (cells: readonly string[], tone: Tone): Row =>
    columns.flatMap(({ align }, n): Piece[] => [
      piece(n === 0 ? INDENT : ' '.repeat(gap)),
      piece(padded(shortened(cells[n] ?? '', widths[n] ?? 0), widths[n] ?? 0, align), tone),
    ]);
  const titles = row(
    columns.map(({ title }) => title),
    'faint',
  );
  return [titles, ...rows.map(({ cells, tone = 'plain' }) => row(cells, tone))];
};

export const padded = (text: string, width: number, align: Column['align']): string => {
  const space = ' '.repeat(Math.max(0, width - [...text].length));
  return align === 'left' ? text + space : space + text;
};

const shortened = (text: string, width: number): string => {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
};
