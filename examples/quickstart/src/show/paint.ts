/** What a piece of text says by its look. */
export type Tone = 'plain' | 'strong' | 'faint' | 'good' | 'warning' | 'bad';

export interface Piece {
  readonly text: string;
  readonly tone?: Tone;
}

/** A line before it is painted: colours have no width, so widths are settled first. */
export type Row = readonly Piece[];

const CODES: Readonly<Record<Tone, string>> = { plain: '', strong: '1', faint: '2', good: '32', warning: '33', bad: '31' };

export const piece = (text: string, tone: Tone = 'plain'): Piece => ({ text, tone });

export const widthOf = (row: Row): number => row.reduce((width, { text }) => width + [...text].length, 0);

/** Cuts a row to a width; the last character tells that there was more. */
export const fit = (row: Row, width: number): Row => {
  if (widthOf(row) <= width) return row;
  const fitted: Piece[] = [];
  let left = width - 1;
  for (const { text, ...rest } of row) {
    const cut = [...text].slice(0, Math.max(0, left)).join('');
    fitted.push({ ...rest, text: cut });
    left -= [...text].length;
    if (left < 0) break;
  }
  return [...fitted, piece(width > 0 ? '…' : '')];
};

export const paint = (row: Row, colours: boolean): string =>
  row
    .map(({ text, tone = 'plain' }) => (colours && CODES[tone] && text.trim() ? `\x1b[${CODES[tone]}m${text}\x1b[0m` : text))
    .join('')
    .trimEnd();
