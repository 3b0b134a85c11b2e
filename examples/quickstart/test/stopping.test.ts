/** It is asked to stop, or nobody is left to watch: what is under way is finished, and the rest is for the next run. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readJournal } from '../src/record/journal.ts';
import { plant, someOf } from './support/packages.ts';
import { doneIn, start } from './support/processes.ts';
import { tempFolder } from './support/temp.ts';

const entry = fileURLToPath(new URL('../dist/main.js', import.meta.url)); // plain Node runs the build

/** Does something to it once some packages are done. */
const startAndThen = (act: (child: ChildProcess) => void, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  new Promise<{ readonly end: string | number | null; readonly text: string }>((resolve, reject) => {
    const child = fork(entry, args, { silent: true, execArgv: [], env: { ...process.env, ...env } });
    let text = '';
    let acted = false;
    const lines = createInterface({ input: child.stdout! }).on('line', (line) => {
      text += `${line}\n`;
      if (acted || doneIn(line) === 0) return;
      acted = true;
      act(child);
    });
    // Node does not tell `close` of a child that was disconnected.
    const read = new Promise((whole) => lines.once('close', whole));
    child.once('error', reject).once('exit', (code, signal) => void read.then(() => resolve({ end: signal ?? code, text })));
  });

const ground = (): { readonly folder: string; readonly args: readonly string[] } => {
  const folder = tempFolder();
  plant(join(folder, 'node_modules'), someOf(40));
  return { folder, args: ['--packages', folder, '--latency', '250'] };
};

it.each([
  ['Ctrl-C', [130], (child: ChildProcess) => child.kill('SIGINT')],
  // A system merges two of one kind that come together; of two kinds each arrives, and either may be the first.
  [
    'a signal with another at its heels, as npm passes them on,',
    [130, 143],
    (child: ChildProcess) => child.kill('SIGINT') && child.kill('SIGTERM'),
  ],
  ['SIGTERM', [143], (child: ChildProcess) => child.kill('SIGTERM')],
  ['the end of whoever started it', [129], (child: ChildProcess) => child.disconnect()],
])('%s stops it gracefully', async (_, codes, act) => {
  const { folder, args } = ground();
  const data = join(folder, 'data');
  const report = join(folder, 'report.json');
  const { end, text } = await startAndThen(act, [...args, '--data', data, '--report', report]);
  expect(codes).toContain(end);
  expect(text).toContain(`It goes on with: npm start -- --data ${data}`);
  const { completed, tasks, lost, doubled, finished } = JSON.parse(readFileSync(report, 'utf8'));
  expect({ lost, doubled, finished }).toEqual({ lost: 0, doubled: 0, finished: false });
  expect(completed).toBeLessThan(tasks);

  const journal = readJournal(join(data, 'attempts.jsonl'));
  const count = (kind: string): number => journal.filter((line) => line.kind === kind).length;
  expect(count('started')).toBe(count('ended'));
  expect(count('closed')).toBe(completed);

  const resumed = await start(['--data', data, '--latency', '0']);
  expect(resumed).toMatchObject({ end: 0, complaint: '' });
  expect(resumed.lines.join('\n')).not.toContain('waiting for'); // it left no lease behind
});

it('leaves its own folder for the next run when it is stopped, and takes it away when all is done', async () => {
  const { folder, args } = ground();
  const env = { TMPDIR: join(folder, 'tmp') };
  mkdirSync(env.TMPDIR);
  const stopped = await startAndThen((child) => child.kill('SIGINT'), args, env);
  const data = /--data (\S+)/.exec(stopped.text)?.[1] ?? '';
  expect(existsSync(join(data, 'tasks.db'))).toBe(true);
  expect(readdirSync(env.TMPDIR)).toHaveLength(1);
  rmSync(data, { recursive: true });

  const { end } = await startAndThen(() => {}, args, env);
  expect({ end, left: readdirSync(env.TMPDIR) }).toEqual({ end: 0, left: [] });
});
