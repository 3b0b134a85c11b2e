// Starts the one version of pnpm that this workspace was locked with. corepack is not everywhere; npm is.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const { packageManager } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

/**
 * Runs `pnpm <args>` in the workspace root, its output on ours.
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to the environment
 * @returns {Promise<number>} pnpm's exit code
 */
export const pnpm = (args, env = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn('npm', ['exec', '--yes', `--package=${packageManager}`, '--', 'pnpm', ...args], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', npm_config_update_notifier: 'false', ...env },
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)));
  });

if (process.argv[1] === new URL(import.meta.url).pathname) process.exitCode = await pnpm(process.argv.slice(2));
