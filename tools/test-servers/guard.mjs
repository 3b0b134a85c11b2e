// Runs one server and sees that it does not outlive the process that wanted it:
//   node guard.mjs <command> <args...>
// stdin is a pipe from that process. However that one ends, kill -9 included, the system closes the pipe, and the
// server goes. Own process group: a signal to the group of the test run ends the run, and the closed pipe then ends this.
// A line `freeze` on stdin stops the server with all its processes (SIGSTOP), a line `thaw` lets them go on.
// From the environment, for servers that want it: REEVE_GUARD_USER (uid:gid to run as), REEVE_GUARD_SIGNAL (what ends it, default
// SIGKILL), REEVE_GUARD_FOLDER (its folder, removed behind it).
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';

const { REEVE_GUARD_USER: user, REEVE_GUARD_SIGNAL: signal = 'SIGKILL', REEVE_GUARD_FOLDER: folder, ...env } = process.env;
const [uid, gid] = user ? user.split(':').map(Number) : [];
const [command, ...args] = process.argv.slice(2);
const server = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env, ...(user && { uid, gid }) });

/** The parent of each process, where the system tells (Linux). */
const parents = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return [{ pid: Number(pid), parent: Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]) }];
      } catch {
        return []; // it has ended meanwhile
      }
    });

/** The server first: what is stopped starts no others. */
const signalAll = (/** @type {NodeJS.Signals} */ what) => {
  const all = parents();
  const tree = [server.pid];
  for (const each of tree) tree.push(...all.filter(({ parent }) => parent === each).map(({ pid }) => pid));
  for (const pid of tree) {
    try {
      if (pid !== undefined) process.kill(pid, what);
    } catch {
      // gone
    }
  }
};

const end = () => {
  server.kill('SIGCONT'); // a stopped server hears no other signal
  server.kill(signal);
};

process.stdin.setEncoding('utf8').on('data', (text) => {
  for (const line of String(text).split('\n')) {
    if (line === 'freeze') signalAll('SIGSTOP');
    if (line === 'thaw') signalAll('SIGCONT');
  }
});
process.stdin.once('end', end).once('error', end);
for (const each of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(each, end);
process.once('exit', end);
server.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
server.once('exit', (code, by) => {
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code ?? (by ? 1 : 0));
});
