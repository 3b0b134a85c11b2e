/** The built entry on made-up packages, of which everything is known beforehand. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Report } from '../src/report.ts';
import { findPackages } from '../src/work/find-packages.ts';
import { keepWorkList } from '../src/work/work-list.ts';
import { plant, someOf, truthOf } from './support/packages.ts';
import { doneIn, start } from './support/processes.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-quickstart-'));
const packages = join(folder, 'node_modules');
const madeUp = someOf(40);
const TASKS = 42; // and two portions of 25 at most
beforeAll(() => plant(packages, madeUp));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const read = (file: string): Report => JSON.parse(readFileSync(file, 'utf8')) as Report;
const allDone = { tasks: TASKS, completed: TASKS, dead: 0, lost: 0, doubled: 0, finished: true };

const expectCapsKept = ({ labourers }: Report): void => {
  expect(Object.keys(labourers)).toEqual(['inspect-package', 'sum-up']);
  for (const { cap, peak } of Object.values(labourers)) {
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThanOrEqual(cap);
  }
};

test('the report tells the truth, some tasks are retried, and it ends by itself', async () => {
  const { end, complaint } = await start(['--packages', packages, '--data', at('whole'), '--report', at('whole.json'), '--latency', '20']);
  expect({ end, complaint }).toEqual({ end: 0, complaint: '' });
  const report = read(at('whole.json'));
  expect(report).toMatchObject(allDone);
  expect(report.licences).toEqual(truthOf(madeUp));
  expect(report.labourers['inspect-package']?.retried).toBeGreaterThan(0);
  expectCapsKept(report);
});

test('killed midway, and resumed with the same folder: nothing is lost, and nothing reported is done again', async () => {
  const args = ['--packages', packages, '--data', at('killed'), '--latency', '400'];
  const killed = await start(args, (line) => doneIn(line) > 0);
  expect(killed.end).toBe('SIGKILL');
  expect(Math.max(...killed.lines.map(doneIn))).toBeLessThan(madeUp.length);
  const resumed = await start([...args, '--report', at('killed.json'), '--exit']);
  expect(resumed).toMatchObject({ end: 0, complaint: '' });
  expect(resumed.lines.join('\n')).toContain('It goes on where an earlier run was');
  const report = read(at('killed.json'));
  expect(report).toMatchObject(allDone);
  expect(report.licences).toEqual(truthOf(madeUp));
  expectCapsKept(report);

  const again = await start([...args, '--report', at('again.json')]);
  expect(again.lines.join('\n')).toContain('All of it was done by an earlier run');
  expect(read(at('again.json'))).toMatchObject(allDone);
});

test('killed before anything was done, it begins as if for the first time', async () => {
  const args = ['--packages', packages, '--data', at('early'), '--latency', '20'];
  expect(await start(args, (line) => line.includes('Stopped or killed?'))).toMatchObject({ end: 'SIGKILL' });
  expect(await start([...args, '--report', at('early.json')])).toMatchObject({ end: 0 });
  expect(read(at('early.json'))).toMatchObject(allDone);
});

test('two at once on one folder share the work and the caps', async () => {
  const args = ['--packages', packages, '--data', at('shared'), '--latency', '100'];
  const both = await Promise.all(['one', 'two'].map((name) => start([...args, '--report', at(`${name}.json`)])));
  expect(both.map(({ end, complaint }) => ({ end, complaint }))).toEqual(Array(2).fill({ end: 0, complaint: '' }));
  for (const name of ['one', 'two']) {
    const report = read(at(`${name}.json`));
    expect(report).toMatchObject(allDone);
    expect(report.licences).toEqual(truthOf(madeUp));
    expectCapsKept(report);
  }
});

test('a package that is gone meanwhile is dead: it is named, the others are done, and the exit code is 1', async () => {
  const kept = [...findPackages(packages)];
  const gone = { id: 'gone@1.0.0', folder: at('nowhere') };
  mkdirSync(at('gone'));
  keepWorkList(at('gone/packages.json'), { nodeModules: packages, packages: [...kept.slice(1), gone] });
  expect(await start(['--data', at('gone'), '--report', at('gone.json'), '--latency', '20'])).toMatchObject({ end: 1 });
  const report = read(at('gone.json'));
  expect(report).toMatchObject({ tasks: TASKS, completed: TASKS - 1, dead: 1, lost: 0, doubled: 0, finished: true });
  expect(report.deaths.map(({ id }) => id)).toEqual([gone.id]);
});

test('what cannot be done is refused in one line, with exit code 2', async () => {
  const file = join(packages, 'p1/package.json');
  const refusals: readonly (readonly [readonly string[], string])[] = [
    [['--dat', 'x'], '--dat: there is no such option'],
    [['--data', file], `--data: ${file} is a file`],
    [['--data', join(file, 'inside')], 'leads through a file'],
    [['--packages', at('nowhere')], `--packages: ${at('nowhere')} is not there`],
    [['--report', at('nowhere/r.json')], 'its folder is not there'],
  ];
  const ended = await Promise.all(refusals.map(([args]) => start(args)));
  for (const [n, { end, complaint }] of ended.entries()) {
    expect({ end, lines: complaint.trim().split('\n').length }).toEqual({ end: 2, lines: 1 });
    expect(complaint).toContain(refusals[n]?.[1]);
  }
});
