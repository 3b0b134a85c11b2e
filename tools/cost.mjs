// npm run cost: measures what a task's life costs on DynamoDB, in request units, on a real server that it starts and stops.
//   npm run cost                     tables of every kind of life in both layouts, beside sosw's
//   npm run cost -- --json           and as the last line {"greenfield":{"wcu":n,"rcu":n},"native":{...}}: the life by ticks, per task
//   npm run cost -- --tasks 1000     default 200
import { endWithSignals } from './lib/processes.mjs';
import { build, install } from './prepare.mjs';

const option = (/** @type {string} */ name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const tasks = Number(option('--tasks') ?? 200);

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
const release = endWithSignals();
const ready = (await install()) && (await build());
release();
if (!ready) {
  process.exitCode = 1;
} else if (!Number.isSafeInteger(tasks) || tasks < 1 || tasks > 100_000) {
  console.error(`--tasks ${option('--tasks')} is not a whole number from 1 to 100000`);
  process.exitCode = 2;
} else {
  const { measure } = await import('./cost/measure.mjs'); // which imports what was just built
  const measured = await measure(tasks);
  if (process.argv.includes('--json')) console.log(JSON.stringify(measured));
}
