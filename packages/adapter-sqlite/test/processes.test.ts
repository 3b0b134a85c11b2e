import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { checkIntervals, contend, ManualClock } from '@reeve/testkit';
import Database from 'libsql';
import { expect, it, onTestFinished } from 'vitest';
import { SqliteTaskStore } from '../src/index.ts';
import { idsOf, someTasks } from './fixtures/stores.ts';
import { tempFile } from './fixtures/temp.ts';

const CAP = 3;

it('gives each task once and keeps to the cap when four processes race', async () => {
  const file = tempFile();
  const store = await SqliteTaskStore.open({ file });
  const tasks = someTasks(600);
  await store.enqueue(tasks);
  const script = new URL('fixtures/contender.mjs', import.meta.url);
  const intervals = await contend({ script, processes: 4, args: [file, String(CAP), 'none'] });
  const report = checkIntervals(intervals, CAP, idsOf(tasks));
  expect(report).toMatchObject({ overCap: false, doubles: [], losses: [] });
  expect(report.most).toBe(CAP);
  expect(intervals).toHaveLength(tasks.length);
  expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 0, expired: 0 }]);
  await store.close();
});

it('runs no more of a key than it may when four processes race', async () => {
  const file = tempFile();
  const store = await SqliteTaskStore.open({ file });
  const keyOf = (id: string): number => Number(id.slice(-6)) % 3;
  const tasks = someTasks(400).map((task) => ({ ...task, key: `key ${keyOf(task.id)}` }));
  await store.enqueue(tasks);
  const script = new URL('fixtures/contender.mjs', import.meta.url);
  const intervals = await contend({ script, processes: 4, args: [file, '8', '2'] });
  expect(checkIntervals(intervals, 6, idsOf(tasks))).toMatchObject({ overCap: false, doubles: [], losses: [] });
  for (const key of [0, 1, 2]) {
    const { most } = checkIntervals(
      intervals.filter(({ id }) => keyOf(id) === key),
      2,
    );
    expect(most, `key ${key}`).toBe(2);
  }
  await store.close();
});

it('lets many processes start on a file that is not there yet', async () => {
  const script = new URL('fixtures/contender.mjs', import.meta.url);
  expect(await contend({ script, processes: 4, args: [tempFile(), '1', 'none'] })).toEqual([]);
});

/** A process that holds one task and writes without a break. */
const startMortal = async (file: string): Promise<{ readonly held: string; readonly kill: () => Promise<unknown> }> => {
  const script = fileURLToPath(new URL('fixtures/mortal.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const dead = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(() => void child.kill('SIGKILL'));
  const held = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).on('line', resolve));
  const kill = () => {
    child.kill('SIGKILL');
    return dead;
  };
  return { held, kill };
};

it('goes on in the others when one process is killed in the midst of its writing', async () => {
  const file = tempFile();
  const store = await SqliteTaskStore.open({ file });
  const tasks = someTasks(400);
  await store.enqueue(tasks);
  const mortal = await startMortal(file);
  const race = contend({ script: new URL('fixtures/contender.mjs', import.meta.url), processes: 3, args: [file, '4', 'none'] });
  await expect.poll(async () => (await store.census(['mill']))[0]?.due, { interval: 1, timeout: 30_000 }).toBeLessThan(200);
  await mortal.kill();
  const intervals = await race;
  await store.close();
  const others = idsOf(tasks).filter((id) => id !== mortal.held);
  expect(others).toHaveLength(tasks.length - 1);
  expect(checkIntervals(intervals, 4, others)).toMatchObject({ overCap: false, doubles: [], losses: [] });
  const client = new Database(file);
  expect(client.prepare('PRAGMA integrity_check').get()).toMatchObject({ integrity_check: 'ok' });
  client.close();
  // What the dead one held is held until its lease is over, and then it is anybody's.
  const clock = new ManualClock(Date.now());
  const later = await SqliteTaskStore.open({ file, clock });
  expect(await later.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 1, expired: 0 }]);
  await clock.advance(60_000);
  expect(idsOf(await later.expired(['mill'], 10))).toEqual([mortal.held]);
  await later.close();
});

it('loses no change of the register when three processes count together', async () => {
  const file = tempFile();
  const store = await SqliteTaskStore.open({ file });
  const script = fileURLToPath(new URL('fixtures/counter.mjs', import.meta.url));
  const counters = ['a', 'b', 'c'].map((name) => {
    const child = spawn(process.execPath, [script, file, name, '900'], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  for (const { lines } of counters) expect((await lines.next()).value).toBe('ready');
  for (const { child } of counters) child.stdin.write('go\n');
  const wrote = await Promise.all(counters.map(async ({ lines }) => Number((await lines.next()).value)));
  // Of two that had read the same count, one that wrote over the other's would have been told that it wrote.
  expect(wrote.reduce((sum, each) => sum + each)).toBe(900);
  expect((await store.look(['count'])).entries[0]?.value).toBe('900');
  await store.close();
});
