/** What a process writes down while it is at work: a line of JSON for each event, in its file before the event has any effect. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Instants are milliseconds of the machine's monotonic clock, which all its processes share: see `instant`. */
export type Line =
  /** A handler began. `until`: when its lease ends. */
  | {
      readonly kind: 'start';
      readonly at: number;
      readonly id: string;
      readonly attempt: number;
      readonly token: string;
      readonly until: number;
    }
  /** It ended: `done`, `failed` by its own fault, or `stopped` because it was told to. */
  | { readonly kind: 'end'; readonly at: number; readonly id: string; readonly token: string; readonly how: 'done' | 'failed' | 'stopped' }
  /** Its lease lasts until then at least. */
  | { readonly kind: 'renewed'; readonly at: number; readonly id: string; readonly token: string; readonly until: number }
  /** The store took the last word on a task. */
  | { readonly kind: 'applied'; readonly at: number; readonly id: string; readonly verdict: 'completed' | 'dead' }
  /** Tasks from this number on were enqueued: an answer for each, `c` created or `d` duplicate. */
  | { readonly kind: 'enqueued'; readonly at: number; readonly from: number; readonly answers: string }
  /** The process had no turn between these instants. */
  | { readonly kind: 'lag'; readonly at: number; readonly since: number }
  /** A call failed, by the code of its fault. */
  | { readonly kind: 'fault'; readonly at: number; readonly code: string };

/** Now, on the clock that all processes of this machine share. Never set back. */
export const instant = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Survives `kill -9`: what was written is with the system before `write` returns. */
export class LineWriter {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  write(line: Line): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Without a last line that a killed process did not finish. */
export const readLines = (path: string): readonly Line[] => {
  const text = readFileSync(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((each) => each !== '')
    .map((each) => JSON.parse(each) as Line);
};
