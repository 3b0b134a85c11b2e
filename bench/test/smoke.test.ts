// The bench itself, without the rivals, which only `npm run bench` installs: that it works and its answers are whole. No figure is judged.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import type { Book } from '../src/figures/book.ts';

const entry = fileURLToPath(new URL('../dist/main.js', import.meta.url)); // plain Node runs the build

const RUNS = ['redis/enqueue-50', 'redis/two-processes', 'redis/latency', 'postgres/bulk', 'postgres/drain-100'];
const CAPS = ['redis/cap', 'postgres/cap'];

const bench = (...args: readonly string[]) => spawnSync(process.execPath, [entry, ...args], { encoding: 'utf8' });

it('runs, counts, and writes its figures', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-bench-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'figures.json');
  const only = [...RUNS, ...CAPS].map((each) => `${each}/reeve`).join(',');
  const { status, stdout, stderr } = bench('--quick', '--only', only, '--json', file);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('every task was handled exactly once');
  expect(stdout).not.toContain('written:');

  const { about, rows, caps, faults } = JSON.parse(readFileSync(file, 'utf8')) as Book;
  expect(faults).toEqual([]);
  expect(rows.map(({ store, workload }) => `${store}/${workload}`)).toEqual(RUNS);
  for (const { rounds } of rows)
    expect(rounds).toEqual([expect.objectContaining({ value: expect.any(Number), doubles: 0, stopped: false })]);
  expect(rows.map(({ rounds }) => rounds[0]!.done)).toEqual(rows.map(({ rounds }) => rounds[0]!.tasks));
  expect(caps.map(({ store, result }) => `${store}: ${result.done}`)).toEqual(['redis: 200', 'postgres: 200']);
  for (const { cap, result } of caps) expect(cap - (result.most ?? 0)).toBeGreaterThanOrEqual(0);
  expect(about.servers).toEqual([expect.stringMatching(/appendonly/), expect.stringMatching(/fsync on, synchronous_commit on/)]);
});

it('says what is wrong with a call', () => {
  expect(bench('--rounds', '0')).toMatchObject({ status: 2, stderr: expect.stringContaining('--rounds 0') });
  expect(bench('--only', 'redis/nothing')).toMatchObject({ status: 2, stderr: expect.stringContaining('chooses nothing') });
});
