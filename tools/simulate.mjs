// npm run simulate: plays seeds of the simulator for hours, in processes of their own, and can be taken up again where it ended.
//   npm run simulate -- --seeds 200000 --from 1 --store memory --workers 2     one after another, failures on standard output
//   npm run simulate -- --seeds 200000 --resume                                goes on where the same hunt was interrupted
//   npm run simulate -- --seed 4711 [--shrink] [--keep file.json]              plays one again and shows it
//   npm run simulate -- --seed 4711 --options file.json                        with the options of a file that was kept
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { endWithSignals, root } from './lib/processes.mjs';
import { build, install } from './prepare.mjs';

/** Seeds of one process: a crashed process of a run leaves a little behind in Node, so each ends before that is much. */
const CHUNK = 1_000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    store: { type: 'string', default: 'memory' },
    workers: { type: 'string', default: '1' },
    resume: { type: 'boolean', default: false },
    seed: { type: 'string' },
    options: { type: 'string' },
    shrink: { type: 'boolean', default: false },
    keep: { type: 'string' },
  },
});
const { store } = values;
const [seeds, from, workers] = [Number(values.seeds), Number(values.from), Number(values.workers)];
const folder = `${root}/node_modules/.cache/reeve`;
const state = `${folder}/simulate-${store}-${from}-${seeds}.json`;

const commitOf = () => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
};

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * @param {number} first
 * @param {number} count
 * @param {(line: { failed?: number, violations?: { rule: string, what: string }[], played?: number, virtual?: number }) => void} onLine
 * @returns {Promise<boolean>} whether it came to its end
 */
const playChunk = (first, count, onLine) =>
  new Promise((resolve) => {
    const args = ['--enable-source-maps', `${root}/tools/simulate-seeds.mjs`, store, String(first), String(count)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    running.add(child);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) onLine(JSON.parse(line));
    });
    child.once('close', (code) => {
      running.delete(child);
      resolve(code === 0);
    });
  });

const hunt = async () => {
  /** @type {{ done: number[], failed: number[] }} */
  const known = values.resume && existsSync(state) ? JSON.parse(readFileSync(state, 'utf8')) : { done: [], failed: [] };
  mkdirSync(folder, { recursive: true });
  const chunks = Array.from({ length: Math.ceil(seeds / CHUNK) }, (_, n) => from + n * CHUNK).filter(
    (first) => !known.done.includes(first),
  );
  const since = performance.now();
  let played = 0;
  let hours = 0;
  let isWhole = true;
  const lane = async () => {
    for (let first = chunks.shift(); first !== undefined; first = chunks.shift()) {
      const ended = await playChunk(first, Math.min(CHUNK, from + seeds - first), (line) => {
        if (line.failed !== undefined) {
          known.failed.push(line.failed);
          for (const { rule, what } of line.violations ?? []) console.log(`seed ${line.failed}: ${rule}: ${what}`);
          console.log(`  again: npm run simulate -- --seed ${line.failed} --store ${store} --shrink`);
        }
        played += line.played ?? 0;
        hours += (line.virtual ?? 0) / 3_600_000;
      });
      if (ended) known.done.push(first);
      else isWhole = false;
      writeFileSync(state, JSON.stringify(known));
      const minutes = (performance.now() - since) / 60_000;
      const rate = `${Math.round(played / minutes)} a minute, ${Math.round(played / minutes / workers)} for each worker`;
      console.log(`${played} seeds, ${known.failed.length} failed, ${Math.round(hours)} simulated hours, ${rate}`);
    }
  };
  await Promise.all(Array.from({ length: workers }, lane));
  return isWhole && known.failed.length === 0;
};

endWithSignals();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => {
    for (const child of running) child.kill();
  });
if (!(await install()) || !(await build())) process.exitCode = 1;
else if (values.seed !== undefined) {
  const { playOne } = await import('./simulate/one.mjs');
  const { options, keep, shrink: smaller } = values;
  const held = await playOne({ seed: Number(values.seed), store, commit: commitOf(), options, smaller, keep });
  process.exitCode = held ? 0 : 1;
} else process.exitCode = (await hunt()) ? 0 : 1;
