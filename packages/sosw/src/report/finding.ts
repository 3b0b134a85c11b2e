/**
 * - `ok`       it was looked at, and all is well
 * - `note`     it will be otherwise than with sosw, or is good to know
 * - `warning`  look at it before Reeve starts anything
 * - `error`    Reeve cannot work so
 */
export type Level = 'ok' | 'note' | 'warning' | 'error';

export interface Finding {
  readonly level: Level;
  /** A stable name, in capitals: `LAMBDA_RETRIES`. */
  readonly code: string;
  /** What it is about: a table, a labourer, a setting with the row that it stands in. */
  readonly where: string;
  readonly what: string;
  /** What to do about it. Absent: nothing. */
  readonly remedy?: string;
}

/** Takes findings down, in the order in which they are made. */
export class Notebook {
  readonly #findings: Finding[] = [];

  get findings(): readonly Finding[] {
    return [...this.#findings];
  }

  ok(code: string, where: string, what: string): void {
    this.#findings.push({ level: 'ok', code, where, what });
  }

  note(code: string, where: string, what: string, remedy?: string): void {
    this.#add('note', code, where, what, remedy);
  }

  warn(code: string, where: string, what: string, remedy: string): void {
    this.#add('warning', code, where, what, remedy);
  }

  fail(code: string, where: string, what: string, remedy: string): void {
    this.#add('error', code, where, what, remedy);
  }

  #add(level: Level, code: string, where: string, what: string, remedy: string | undefined): void {
    this.#findings.push({ level, code, where, what, ...(remedy !== undefined && { remedy }) });
  }
}
