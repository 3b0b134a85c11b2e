/** What a user may do to it: kill it in the middle, with no chance to say good-bye, and start it again. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const entry = fileURLToPath(new URL('../dist/main.js', import.meta.url)); // plain Node runs the build
const folder = mkdtempSync(join(tmpdir(), 'reeve-quickstart-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DONE = / (\d+) of \d+ done/;

/** @param killAt kills it with SIGKILL once so many packages are done */
const run = (args: readonly string[], killAt = Number.POSITIVE_INFINITY): Promise<string | number | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (Number(DONE.exec(line)?.[1] ?? 0) >= killAt) child.kill('SIGKILL');
    });
    child.once('error', reject).once('close', (code, signal) => resolve(signal ?? code));
  });

test('killed midway and started again with the same --data, it loses nothing and does nothing twice', async () => {
  const data = join(folder, 'data');
  const report = join(folder, 'report.json');
  expect(await run(['--data', data], 20)).toBe('SIGKILL');
  expect(await run(['--data', data, '--report', report, '--exit'])).toBe(0);
  const { tasks, completed, dead, lost, doubled, labourers } = JSON.parse(readFileSync(report, 'utf8'));
  expect(tasks).toBeGreaterThan(100);
  expect({ completed, dead, lost, doubled }).toEqual({ completed: tasks, dead: 0, lost: 0, doubled: 0 });
  for (const { cap, peak } of Object.values<{ cap: number; peak: number }>(labourers)) expect(peak).toBeLessThanOrEqual(cap);
});
