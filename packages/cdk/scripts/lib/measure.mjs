import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const start = promisify(execFile);

/**
 * The processor's time as well: on a machine that does other things, it says more than the clock.
 * @param {string} file
 */
const code = (file) => `
  const [since, before] = [performance.now(), process.cpuUsage()];
  import(${JSON.stringify(pathToFileURL(file).href)}).then(() => {
    const { user, system } = process.cpuUsage(before);
    console.log(JSON.stringify({ clock: performance.now() - since, cpu: (user + system) / 1000 }));
  });`;

/**
 * How long a module takes to load, each time in a process of its own: what a cold start adds to Lambda's own part of it.
 * @param {string} file
 * @param {number} times
 * @returns {Promise<{ clock: Spread, cpu: Spread }>} in milliseconds
 * @typedef {{ median: number, least: number, most: number }} Spread
 */
export const importTime = async (file, times) => {
  /** @type {{ clock: number, cpu: number }[]} */
  const measured = [];
  for (let n = 0; n < times; n += 1) measured.push(JSON.parse((await start(process.execPath, ['-e', code(file)])).stdout));
  return { clock: spreadOf(measured.map(({ clock }) => clock)), cpu: spreadOf(measured.map(({ cpu }) => cpu)) };
};

/** @param {readonly number[]} values @returns {Spread} */
const spreadOf = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (/** @type {number} */ n) => sorted[n] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), least: at(0), most: at(sorted.length - 1) };
};
