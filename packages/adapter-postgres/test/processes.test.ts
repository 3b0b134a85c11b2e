import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { checkIntervals, contend } from '@reeve/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { SCHEMA_VERSION } from '../src/schema/migrations.ts';
import { newSchema, run, useServer } from './fixtures/server.ts';
import { idsOf, openStore, someTasks } from './fixtures/stores.ts';

const server = useServer();
const CONTENDER = new URL('fixtures/contender.mjs', import.meta.url);
const CAP = 3;

it('gives each task once and keeps to the cap when four processes race', async () => {
  const { store, schema } = await openStore(server.url);
  const tasks = someTasks(600);
  await store.enqueue(tasks);
  const intervals = await contend({ script: CONTENDER, processes: 4, args: [server.url, schema, String(CAP)] });
  const report = checkIntervals(intervals, CAP, idsOf(tasks));
  expect(report).toMatchObject({ overCap: false, doubles: [], losses: [] });
  expect(report.most).toBe(CAP);
  expect(intervals).toHaveLength(tasks.length);
  expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 0, expired: 0 }]);
});

it('keeps to the highest cap when processes with different caps race', async () => {
  const { store, schema } = await openStore(server.url);
  const tasks = someTasks(400);
  await store.enqueue(tasks);
  const races = [2, 5].map((cap) => contend({ script: CONTENDER, processes: 2, args: [server.url, schema, String(cap)] }));
  const intervals = (await Promise.all(races)).flat();
  expect(checkIntervals(intervals, 5, idsOf(tasks))).toMatchObject({ overCap: false, doubles: [], losses: [] });
  expect(intervals).toHaveLength(tasks.length);
});

it('lets twenty processes start at once where there is no schema yet', async () => {
  const schema = newSchema();
  expect(await contend({ script: CONTENDER, processes: 20, args: [server.url, schema, '1'] })).toEqual([]);
  expect(await run(server.url, `SELECT version FROM ${schema}.meta`)).toEqual([{ version: SCHEMA_VERSION }]);
});

/** A process that holds one task and writes without a break. */
const startMortal = async (schema: string): Promise<{ readonly held: string; readonly kill: () => Promise<unknown> }> => {
  const script = fileURLToPath(new URL('fixtures/mortal.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, server.url, schema], { stdio: ['ignore', 'pipe', 'inherit'] });
  const dead = new Promise((resolve) => child.once('close', resolve));
  onTestFinished(() => void child.kill('SIGKILL'));
  const held = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).on('line', resolve));
  const kill = () => {
    child.kill('SIGKILL');
    return dead;
  };
  return { held, kill };
};

/** How many tasks are in how many places. */
const countsOf = (schema: string): Promise<{ tasks: number; places: number }[]> =>
  run(
    server.url,
    `SELECT (SELECT count(*)::integer FROM ${schema}.task) AS tasks,
            (SELECT count(DISTINCT id)::integer FROM (
               SELECT id FROM ${schema}.ready UNION ALL SELECT id FROM ${schema}.again UNION ALL SELECT id FROM ${schema}.lapsed
               UNION ALL SELECT id FROM ${schema}.history UNION ALL SELECT id FROM ${schema}.slot WHERE token IS NOT NULL) p) AS places`,
  );

it('goes on in the others when one process is killed in the midst of its writing, and nothing is done by halves', async () => {
  const { store, schema } = await openStore(server.url);
  const tasks = someTasks(400);
  await store.enqueue(tasks);
  const mortal = await startMortal(schema);
  const race = contend({ script: CONTENDER, processes: 3, args: [server.url, schema, '4'] });
  await expect.poll(async () => (await store.census(['mill']))[0]?.due, { interval: 1, timeout: 30_000 }).toBeLessThan(200);
  await mortal.kill();
  const intervals = await race;
  const others = idsOf(tasks).filter((id) => id !== mortal.held);
  expect(others).toHaveLength(tasks.length - 1);
  expect(checkIntervals(intervals, 4, others)).toMatchObject({ overCap: false, doubles: [], losses: [] });
  const [counts] = await countsOf(schema);
  expect(counts?.places).toBe(counts?.tasks);
  // What the dead one held is held until its lease is over, and then it is anybody's.
  expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 1, expired: 0 }]);
  await run(server.url, `UPDATE ${schema}.slot SET deadline = 0 WHERE id = '${mortal.held}'`);
  expect(idsOf(await store.expired(['mill'], 10))).toEqual([mortal.held]);
});
