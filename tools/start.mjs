// npm start: installs, builds, and runs the quickstart with the arguments after `--`.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { endWithSignals, root } from './lib/processes.mjs';
import { build, install } from './prepare.mjs';

const entry = `${root}/examples/quickstart/dist/main.js`;

// npm runs scripts in the folder of package.json and says in INIT_CWD where its caller stands. `--report out.json` is meant from there.
const { npm_lifecycle_event: script, INIT_CWD: callersFolder } = process.env;
const isOfNpm = script === 'start';
const cwd = isOfNpm && callersFolder ? callersFolder : process.cwd();

/**
 * Runs the example in our own process group, so that a kill of the group ends it with us, and with a channel to it, which closes if
 * we alone are killed: it stops when nobody is left to watch.
 * @returns {Promise<{ code: number } | { signal: NodeJS.Signals }>}
 */
const start = () =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', entry, ...process.argv.slice(2)], {
      cwd,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    // A terminal's Ctrl-C reaches the example without us as well; it takes what comes within half a second for one.
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
    if (isOfNpm) stopWithNpm(child);
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ? { signal } : { code: code ?? 1 }));
  });

/** Who started us, and who started them: npm itself or a shell of npm's, and npm. Only Linux tells the second. */
const ancestors = () => {
  const stat = `/proc/${process.ppid}/stat`;
  // "17526 (sh) S 17510 ...": a name may have anything in it, so the fields are counted from its end.
  const [, parentOfParent] = existsSync(stat) ? readFileSync(stat, 'utf8').replace(/^.*\)/s, '').trim().split(' ') : [];
  return `${process.ppid} ${parentOfParent}`;
};

/**
 * A killed npm tells nobody; its children get another parent.
 * @param {import('node:child_process').ChildProcess} child
 */
const stopWithNpm = (child) => {
  const npm = ancestors();
  setInterval(() => ancestors() !== npm && child.kill('SIGHUP'), 500).unref();
};

const release = endWithSignals();
const ready = (await install()) && (await build('examples/quickstart'));
release();
if (ready) {
  const ended = await start();
  process.exitCode = 'code' in ended ? ended.code : 128 + constants.signals[ended.signal];
} else process.exitCode = 1;
