// Starts programs so that nothing outlives us: each is the head of a process group of its own, and a signal to us ends all groups.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** @type {Set<number>} the groups that run now */
const groups = new Set();

/**
 * @param {number} group
 * @param {NodeJS.Signals} signal
 */
const signalGroup = (group, signal) => {
  try {
    process.kill(-group, signal);
  } catch {
    // The group is gone, which is what a signal is sent for.
  }
};

/**
 * A caller's Ctrl-C: ask politely, insist after two seconds, and end as a program ended by that signal does.
 * @returns {() => void} leaves signals to somebody else from here on
 */
export const endWithSignals = () => {
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  /** @param {NodeJS.Signals} signal */
  const end = (signal) => {
    for (const group of groups) signalGroup(group, 'SIGTERM');
    const insist = () => {
      for (const group of groups) signalGroup(group, 'SIGKILL');
      process.exit(128 + constants.signals[signal]);
    };
    setTimeout(insist, groups.size === 0 ? 0 : 2000);
  };
  for (const signal of signals) process.on(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
};

/**
 * Runs a program to its end, and ends what it may have left behind in its group.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, live?: boolean, limit?: number }} [options] `env` is added to ours; `live` shows the output as it
 *   comes instead of returning it; `limit` in milliseconds, after which the program is ended and has failed
 * @returns {Promise<{ code: number, output: string }>} 1 for a program that was ended by a signal, 127 for one that is not there
 */
export const run = (command, args, { env = {}, live = false, limit = 300_000 } = {}) =>
  new Promise((resolve) => {
    /** @type {string[]} */
    const chunks = [];
    const child = spawn(command, args, {
      cwd: root,
      detached: true,
      stdio: live ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const group = child.pid;
    if (group) groups.add(group);
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (chunk) => chunks.push(chunk));
    const timer = setTimeout(() => {
      chunks.push(`\nended after ${limit / 1000} s without an answer\n`);
      if (group) signalGroup(group, 'SIGKILL');
    }, limit);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, output: `${command}: ${error.message}\n` });
    });
    // What the program left in its group may hold our pipes open, so it is ended at `exit`; `close` follows when the output is whole.
    child.once('exit', () => group && signalGroup(group, 'SIGKILL'));
    child.once('close', (code) => {
      clearTimeout(timer);
      if (group) groups.delete(group);
      resolve({ code: code ?? 1, output: chunks.join('') });
    });
  });

/**
 * Runs a program of this workspace's own devDependencies.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export const tool = (name, args, options) => run(`${root}/node_modules/.bin/${name}`, args, options);

/** @param {number} since from `performance.now()` */
export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
