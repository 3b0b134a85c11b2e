// node tools/jobs-million.mjs: a job of a million tasks on SQLite: how fast beside `enqueueMany`, in how much memory, and what is there
// after it was killed ten times. Needs the build.
//   --tasks 1000000   a multiple of 1,000     --kills 10     --kinds language,stream,followed
//   --rates           also without being killed, beside enqueueMany in the same run
//   --json            the figures as the last line     --seed 1
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SqliteTaskStore } from '../packages/adapter-sqlite/dist/index.js';

const option = (/** @type {string} */ name, /** @type {string} */ otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
};
const tasks = Number(option('tasks', '1000000'));
const kills = Number(option('kills', '10'));
const kinds = option('kinds', 'language,stream,followed').split(',');
const CHILD = fileURLToPath(new URL('jobs/child.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'reeve-million-'));

let state = Number(option('seed', '1'));
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};

/**
 * @param {string} file
 * @param {string} kind
 * @param {number} [until] kills it, without a word, when it told so many lines: where in its work that strikes is up to the system
 * @returns {Promise<any>} what it told at its end; nothing if it was killed
 */
const child = async (file, kind, until = Number.POSITIVE_INFINITY) => {
  const scheduler = spawn(process.execPath, [CHILD, file, kind, String(tasks)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told;
  let lines = 0;
  createInterface({ input: scheduler.stdout }).on('line', (line) => {
    lines += 1;
    if (line.startsWith('{')) told = JSON.parse(line);
    if (lines === until) scheduler.kill('SIGKILL');
  });
  const [code, signal] = await new Promise((resolve) => scheduler.once('close', (...all) => resolve(all)));
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the scheduler ended with ${code ?? signal}`);
  return told;
};

/** @param {string} file @returns how many tasks there are, and how many of them differ */
const countIn = async (file) => {
  const store = await SqliteTaskStore.open({ file });
  const payloads = new Set();
  let [there, cursor] = [0, /** @type {string | undefined} */ (undefined)];
  do {
    const page = await store.list({ labourer: 'reports', state: 'queued', limit: 1_000, ...(cursor !== undefined && { cursor }) });
    there += page.tasks.length;
    for (const { payload } of page.tasks) payloads.add(payload);
    cursor = page.cursor;
  } while (cursor !== undefined);
  await store.close();
  return { there, different: payloads.size };
};

const fresh = (/** @type {string} */ name) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return join(folder, `${name}.db`);
};

/** @param {string} kind */
const rateOf = async (kind) => {
  const { seconds, cpu, rss } = await child(fresh(kind), kind);
  const figures = { kind, perSecond: Math.round(tasks / seconds), cpuMicros: Math.round((cpu / tasks) * 1e7) / 10, rss };
  console.log(`${kind.padEnd(9)} ${figures.perSecond} tasks/s, ${figures.cpuMicros} us of CPU for each, ${rss} MB at most`);
  return figures;
};

/** @param {string} kind */
const killedOf = async (kind) => {
  const file = fresh(kind);
  // So that all of them together come to less than the whole: what is under way when one is killed may be written as well.
  const most = Math.max(1, (2 * tasks) / 500 / (kills + 2) - 8);
  let killed = 0;
  while (killed < kills && (await child(file, kind, Math.ceil(random() * most))) === undefined) killed += 1;
  // The last two at once.
  const ends = await Promise.all([child(file, kind), child(file, kind)]);
  const { there, different } = await countIn(file);
  const rss = Math.max(...ends.map((end) => end.rss));
  const states = ends.map((end) => end.state).join(', ');
  console.log(
    `${kind.padEnd(9)} killed ${killed} times, then two at once: ${there} tasks, ${different} of them different; ${states}; ${rss} MB at most`,
  );
  if (there !== tasks || different !== tasks) process.exitCode = 1;
  return { kind, killed, there, different, rss, states };
};

try {
  const rates = [];
  if (process.argv.includes('--rates')) for (const kind of kinds) rates.push(await rateOf('bulk'), await rateOf(kind));
  const killed = [];
  if (kills > 0) for (const kind of kinds) killed.push(await killedOf(kind));
  if (process.argv.includes('--json')) console.log(JSON.stringify({ tasks, rates, killed }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
