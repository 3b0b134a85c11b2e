import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { SqliteTaskStore } from '../src/index.ts';
import { tempFile } from './fixtures/temp.ts';

const SCRIPT = fileURLToPath(new URL('fixtures/scheduler.mjs', import.meta.url));
const INSTANTS = 400;

/** @param lines it is killed, without a word, once it has told of so many firings @returns those that it told of */
const schedulerOf = async (file: string, start: number, lines: number, ...more: readonly string[]): Promise<readonly number[]> => {
  const child = spawn(process.execPath, [SCRIPT, file, String(start), String(INSTANTS), ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const told: number[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    told.push(Number(line));
    if (told.length === lines) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  return told;
};

/** A process, and the next when it was killed, ... */
const schedulersOf = async (file: string, start: number, lives: readonly number[]): Promise<readonly number[]> => {
  const told: number[] = [];
  for (const lines of lives) told.push(...(await schedulerOf(file, start, lines)));
  return told;
};

it('fires each instant of a schedule once when three processes run it and are killed again and again', { timeout: 120_000 }, async () => {
  const file = tempFile();
  const store = await SqliteTaskStore.open({ file });
  const start = Math.floor(Date.now() / 1_000) * 1_000;
  const first = await schedulerOf(file, start, Infinity, 'first');
  // The last of each lives as long as there is something to fire.
  const lives = [
    [3, 5, 17, Infinity],
    [7, 2, 13, Infinity],
    [23, 1, 4, Infinity],
  ];
  const later = (await Promise.all(lives.map((each) => schedulersOf(file, start, each)))).flat();
  const { tasks } = await store.list({ labourer: 'mill', state: 'queued', limit: 1_000 });
  const fired = tasks.map(({ payload }) => Date.parse((JSON.parse(payload) as { schedule: { instant: string } }).schedule.instant));
  await store.close();
  expect(fired.sort((a, b) => a - b)).toEqual(Array.from({ length: INSTANTS }, (_, n) => start + n * 1_000));
  // One tells of each; of some whose process died in the meantime nobody does.
  const told = [...first, ...later];
  expect(new Set(told).size).toBe(told.length);
  expect(told.length).toBeGreaterThan(INSTANTS - 20);
});
