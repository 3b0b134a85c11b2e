import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../dist/main.js', import.meta.url)); // plain Node runs the build

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly end: string | number | null;
  readonly lines: readonly string[];
  readonly complaint: string;
}

/** @param killAt kills it with SIGKILL at the first line that this is true of */
export const start = (args: readonly string[], killAt: (line: string) => boolean = () => false): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const lines: string[] = [];
    let complaint = '';
    const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (killAt(line)) child.kill('SIGKILL');
    });
    child.once('error', reject).once('close', (code, signal) => resolve({ end: signal ?? code, lines, complaint }));
  });

/** How many packages a line of the plain display says are done; 0 of any other line. */
export const doneIn = (line: string): number => Number(/ (\d+) of \d+ done/.exec(line)?.[1] ?? 0);
