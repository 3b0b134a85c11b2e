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

const TASKS = 800;
/** Clients take a connection for dead after some ten seconds of silence: that is for longer runs. */
const SLOW = 'blackHole,halfOpen';

it.each([
  ['sqlite', 7, ['lock', 'storm', 'pause']],
  ['redis', 101, ['restart', 'lostAnswers', 'cuts', 'storm']],
  ['redis-failover', 34, ['failover', 'lostAnswers', 'cuts', 'storm']],
  ['postgres', 59, ['restart', 'lostAnswers', 'refuse', 'storm']],
  ['dynamodb', 34, ['restart', 'lostAnswers', 'cuts', 'storm']],
  ['dynamodb-native', 152, ['restart', 'lostAnswers', 'refuse', 'slice']],
])('%s keeps its promises while processes and connections die', (store, seed, faults) => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-chaos-smoke-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'figures.json');
  const size = ['--minutes', '0.08', '--tasks', String(TASKS), '--lease', '1500', '--calm', '250', '--kill-every', '600', '--workers', '3'];
  const { status, stdout, stderr } = chaos('--store', store, '--seed', String(seed), ...size, '--without', SLOW, '--finish', '0.5', '--json', file);
  expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: '', stdout: expect.stringContaining('nothing lost, nothing doubled') });
  const { findings, kills, episodes } = JSON.parse(readFileSync(file, 'utf8')) as Outcome;
  // That it happened at all: a run without faults proves nothing.
  expect(findings.attempts).toBeGreaterThanOrEqual(TASKS);
  expect(kills).toBeGreaterThan(3);
  expect(Object.keys(episodes)).toEqual(expect.arrayContaining(faults));
  expect(findings.samples.count).toBeGreaterThan(10);
});

it('says what is wrong with a call', () => {
  expect(chaos('--store', 'paper')).toMatchObject({ status: 2, stderr: expect.stringContaining('--store paper is none of') });
});
