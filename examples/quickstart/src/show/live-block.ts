import { type Row, widthOf } from './paint.ts';

/**
 * Some lines at the foot of a terminal that are drawn over themselves. The cursor is never hidden: a process that is killed could
 * not bring it back.
 */
export class LiveBlock {
  #drawn: readonly number[] = [];

  /**
   * What to write so that these lines stand where the last ones stood.
   * @param rows for their widths; `lines` are the same, painted
   * @param width of the terminal now: if it was made narrower, the last lines have been wrapped
   */
  redraw(rows: readonly Row[], lines: readonly string[], width: number): string {
    const up = this.#drawn.reduce((sum, each) => sum + Math.max(1, Math.ceil(each / width)), 0);
    this.#drawn = rows.map(widthOf);
    const back = up > 0 ? `\x1b[${up}A\r` : '';
    // Each line is cleared behind its end, and below the last one everything: no moment shows an empty block.
    return `${back}${lines.map((each) => `${each}\x1b[K\n`).join('')}\x1b[J`;
  }

  /** What was drawn stays; the next drawing begins below. */
  forget(): void {
    this.#drawn = [];
  }
}
