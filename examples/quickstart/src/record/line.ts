/** One line of the journal: what a process did, told by itself when it did it. */
export type Line = {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Which process: a random name, new with each start. */
  readonly run: string;
  readonly labourer: string;
  readonly id: string;
} & Deed;

/**
 * - `given`    the store took the task, which it had not known before
 * - `started`  a handler began; its task had waited so many milliseconds
 * - `renewed`  the handler renewed its lease
 * - `ended`    the handler is over; what becomes of it is not decided yet
 * - `closed`   the store has taken the task's last verdict, and it was reported
 */
export type Deed =
  | { readonly kind: 'given' }
  | { readonly kind: 'started'; readonly attempt: number; readonly waited: number }
  | { readonly kind: 'renewed'; readonly attempt: number }
  | { readonly kind: 'ended'; readonly attempt: number }
  | { readonly kind: 'closed' };

export const writeLine = (line: Line): string => `${JSON.stringify(line)}\n`;

/** @returns undefined for what is no line: a process was killed while it wrote */
export const readLine = (text: string): Line | undefined => {
  try {
    const line = JSON.parse(text) as Partial<Line> | null;
    const isWhole = typeof line?.at === 'number' && typeof line.run === 'string' && typeof line.labourer === 'string';
    return isWhole && typeof line.id === 'string' && typeof line.kind === 'string' ? (line as Line) : undefined;
  } catch {
    return undefined;
  }
};
