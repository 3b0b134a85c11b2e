// Runs one server and sees that it does not outlive the process that wanted it:
//   node guard.mjs <command> <args...>
// stdin is a pipe from that process. However that one ends, kill -9 included, the system closes the pipe, and the
// server goes. Own process group: a signal to the group of the test run ends the run, and the closed pipe then ends this.
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
const server = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const end = () => server.kill('SIGKILL');

process.stdin.once('end', end).once('error', end).resume();
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(signal, end);
process.once('exit', end);
server.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
server.once('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
