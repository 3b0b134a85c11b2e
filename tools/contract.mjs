// docs/contract.md: every promise of the ports, and how many cases of the kits hold adapters to it. Needs the build.
//   node tools/contract.mjs           fails where the page is not what ports and kits say, a promise has no case, or a case no promise
//   node tools/contract.mjs --write   writes it
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as kits from '../packages/testkit/dist/index.js';
import { contractPage, promisesIn } from './checks/dist/index.js';
import { root } from './lib/processes.mjs';

const PORTS = ['task-store', 'task-reader', 'operator', 'register', 'outbox', 'invoker', 'wake-ups', 'metric-source'];

/** What no kit can see, and what does. */
const elsewhere = {
  C5: 'tests of each adapter that end a process between any two steps',
  D2: 'tests of each adapter that look at its plans, or count its requests',
  W1: 'tests of the adapters that have it',
  W2: 'tests of the adapters that have it, with connections that are cut',
};

const page = `${root}/docs/contract.md`;
/** @type {string[]} */
const cases = [];
const runner = {
  describe: (/** @type {string} */ _, /** @type {() => void} */ body) => body(),
  it: (/** @type {string} */ title) => void cases.push(title),
};
const never = () => Promise.reject(new Error('no case is run'));
for (const test of [kits.testTaskStore, kits.testOperator, kits.testRegister, kits.testOutbox, kits.testLimits]) test(runner, '', never);
kits.testInvoker(runner, '', never);
kits.testMetricSource(runner, '', never);

const promises = PORTS.flatMap((name) => {
  const file = `packages/core/src/ports/${name}.ts`;
  return promisesIn(file, readFileSync(`${root}/${file}`, 'utf8').replaceAll('\r\n', '\n'));
});
const { text, problems } = contractPage({ promises, cases, elsewhere, others: ['all', 'limits', 'settings', 'check'] });
const isWritten = existsSync(page) && readFileSync(page, 'utf8').replaceAll('\r\n', '\n') === text;

for (const problem of problems) console.log(problem);
const said = `${promises.flatMap((each) => each.promises).length} promises, ${cases.length} cases`;
if (process.argv.includes('--write')) {
  writeFileSync(page, text);
  console.log(`${said}; docs/contract.md is ${isWritten ? 'as it was' : 'written'}`);
} else {
  console.log(`${said}; ${isWritten ? 'docs/contract.md says so' : 'docs/contract.md is out of date: node tools/contract.mjs --write'}`);
  if (!isWritten) process.exitCode = 1;
}
if (problems.length > 0) process.exitCode = 1;
