import type { WriteStream } from 'node:tty';
import { frame, oneLine, type View } from './frame.ts';
import { LiveBlock } from './live-block.ts';
import { paint, type Row } from './paint.ts';

/** Where the run is shown. */
export interface Screen {
  /** Lines that stay. */
  print(rows: readonly Row[]): void;
  /** The state of things, as often as one likes. */
  show(view: View): void;
  /** The last state, which stays. */
  settle(view: View): void;
  /** In characters. */
  readonly width: number;
}

/** What is wide enough, where nobody says how wide it is. */
const WIDTH = 100;

/** A terminal gets a display that is drawn over itself; files, pipes and CI get a line now and then, and no colours. */
export const screenOf = (out: WriteStream, env: NodeJS.ProcessEnv): Screen =>
  out.isTTY && !env['CI'] && env['TERM'] !== 'dumb' ? new LiveScreen(out) : new PlainScreen(out);

class LiveScreen implements Screen {
  readonly #out: WriteStream;
  readonly #block: LiveBlock;

  constructor(out: WriteStream) {
    this.#out = out;
    this.#block = new LiveBlock();
  }

  /** Asked each time: without a terminal of its own, a process is not told that the window changed. */
  get width(): number {
    const [columns] = this.#out.getWindowSize();
    return columns > 0 ? columns : 80;
  }

  print(rows: readonly Row[]): void {
    for (const row of rows) this.#out.write(`${paint(row, this.#out.hasColors())}\n`);
  }

  show(view: View): void {
    // One column stays free: some terminals wrap a line that fills the last.
    const rows = frame(view, this.width - 1);
    const lines = rows.map((row) => paint(row, this.#out.hasColors()));
    this.#out.write(this.#block.redraw(rows, lines, this.width));
  }

  settle(view: View): void {
    this.show(view);
    this.#block.forget();
  }
}

class PlainScreen implements Screen {
  readonly width = WIDTH;
  readonly #out: WriteStream;
  #next = 0;

  constructor(out: WriteStream) {
    this.#out = out;
  }

  print(rows: readonly Row[]): void {
    for (const row of rows) this.#out.write(`${paint(row, false)}\n`);
  }

  /** A line a second, and after a while fewer. */
  show(view: View): void {
    if (view.elapsed < this.#next) return;
    this.#next = view.elapsed + Math.max(1_000, view.elapsed / 10);
    this.#out.write(`${oneLine(view)}\n`);
  }

  settle(view: View): void {
    this.#out.write(`${oneLine(view)}\n`);
  }
}
