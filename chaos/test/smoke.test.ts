// Some seconds of chaos on each store, by the code that `npm run chaos` runs for ten minutes. No figure is judged; every promise is.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import type { Outcome } from '../src/run.ts';

const entry = fileURLToPath(new URL('../dist/main.js', import.meta.url)); // plain Node runs the build, and so do the processes that it starts

const chaos = (...args: readonly string[]) => spawnSync(process.execPath, [entry, ...args], { encoding: 'utf8' });

const TASKS = 500;
/** Some of each kind. Not those that take a client's own time limits to recover from: they are for longer runs. */
it.each([
  ['sqlite', ['storm', 'pause', 'lock']],
  ['redis', ['storm', 'cuts', 'lostAnswers', 'restart']],
  ['redis-failover', ['storm', 'lostAnswers', 'failover']],
  ['postgres', ['pause', 'lostAnswers', 'restart', 'terminate']],
  ['dynamodb', ['storm', 'cuts', 'lostAnswers', 'restart']],
  ['dynamodb-native', ['storm', 'slice', 'lostAnswers', 'restart']],
])('%s keeps its promises while processes and connections die', (store, faults) => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-chaos-smoke-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'figures.json');
  const size = ['--minutes', '0.08', '--tasks', String(TASKS), '--lease', '1500', '--calm', '250', '--kill-every', '600', '--workers', '3'];
  const { status, stdout, stderr } = chaos(
    '--store',
    store,
    '--seed',
    '4',
    '--only',
    faults.join(','),
    ...size,
    '--finish',
    '0.5',
    '--json',
    file,
  );
  expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout: expect.stringContaining('nothing lost, nothing doubled') });
  const { findings, kills, episodes } = JSON.parse(readFileSync(file, 'utf8')) as Outcome;
  // That it happened at all: a run without faults proves nothing.
  expect(findings.attempts).toBeGreaterThanOrEqual(TASKS);
  expect(kills).toBeGreaterThan(2);
  expect(Object.keys(episodes)).toEqual(expect.arrayContaining(faults));
  expect(findings.samples.count).toBeGreaterThan(10);
});

it('says what is wrong with a call', () => {
  expect(chaos('--store', 'paper')).toMatchObject({ status: 2, stderr: expect.stringContaining('--store paper is none of') });
});
