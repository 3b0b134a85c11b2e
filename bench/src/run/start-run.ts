import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Case } from './case.ts';
import type { Result } from './result.ts';

const SCRIPT = fileURLToPath(new URL('one.js', import.meta.url));
/** What nobody should need, in milliseconds: loading a backlog tenfold takes the slowest some 30 s. */
const PATIENCE = 120_000;
const KEPT_COMPLAINT = 1_500;

/**
 * Carries out one run, in processes of its own.
 * @throws if it fails, with what its processes complained of
 */
export const startRun = (asked: Case): Promise<Result> =>
  new Promise((resolve, reject) => {
    const child = fork(SCRIPT, [JSON.stringify(asked)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let complaint = '';
    let result: Result | undefined;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-KEPT_COMPLAINT);
    });
    const giveUp = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    child.once('message', (message) => {
      result = message as Result;
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(giveUp);
      if (result) resolve(result);
      else reject(new Error(`the run ended with ${signal ?? code}${complaint === '' ? '' : `: ${complaint.trim()}`}`));
    });
  });
