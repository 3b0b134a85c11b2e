import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Interval, parseInterval } from './interval.ts';

export interface ContendOptions {
  /** A module that opens the store and calls `contender`, built: plain Node runs it. */
  readonly script: URL;
  /** How many processes run it at once. */
  readonly processes: number;
  /** What each finds in `process.argv` from index 2 on; its own number, from 0, comes after them. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** For Node itself: `['--conditions', '...']`. */
  readonly execArgv?: readonly string[];
}

/**
 * Lets processes of this machine race for the tasks of one store.
 * @returns what all of them printed, in no order
 * @throws if one of them ends with another code than 0, with what it wrote to its error stream
 */
export const contend = async ({ processes, ...options }: ContendOptions): Promise<readonly Interval[]> => {
  // All are awaited before one failure is thrown: none is left running behind a test that has ended.
  const ends = await Promise.allSettled(Array.from({ length: processes }, (_, number) => runOne(options, number)));
  const failed = ends.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return ends.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
};

const runOne = async (
  { script, args = [], env = {}, execArgv = [] }: Omit<ContendOptions, 'processes'>,
  number: number,
): Promise<readonly Interval[]> => {
  const child = spawn(process.execPath, [...execArgv, fileURLToPath(script), ...args, String(number)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const intervals: Interval[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const interval = parseInterval(line);
    if (interval) intervals.push(interval);
  });
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code === 0) return intervals;
  throw new Error(`process ${number} of ${fileURLToPath(script)} ended with ${code}:\n${complaints.slice(-4_000)}`);
};
