// npm run chaos: installs and builds, starts a real server and processes, and breaks both. `npm run chaos -- --store redis --minutes 10`;
// what it takes and what it looks at: chaos/README.md.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { endWithSignals, root } from './lib/processes.mjs';
import { build, install } from './prepare.mjs';

// npm runs scripts in the folder of package.json and says in INIT_CWD where its caller stands. `--json out.json` is meant from there.
const { npm_lifecycle_event: script, INIT_CWD: callersFolder } = process.env;
const cwd = script === 'chaos' && callersFolder ? callersFolder : process.cwd();

/** @returns {Promise<number>} */
const start = () =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', `${root}/chaos/dist/main.js`, ...process.argv.slice(2)], {
      cwd,
      stdio: 'inherit',
    });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)));
  });

const release = endWithSignals();
const ready = (await install()) && (await build('chaos'));
release();
process.exitCode = ready ? await start() : 1;
