// npm test: installs, builds, then every stage; all of them, even when one fails. The last line counts tests and stages together.
//   npm test                      everything
//   npm test -- --quick           without what looks at packages and documents
//   npm test -- packages/core     the tests whose path contains this, and nothing else; further arguments go to vitest
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { endWithSignals, root, run, seconds, tool } from './lib/processes.mjs';
import { build, install } from './prepare.mjs';

const cache = `${root}/node_modules/.cache/reeve`;
const total = { passed: 0, failed: 0 };
/** @type {string[]} */
const failures = [];

/** @param {string} script a file beside this one */
const script = (script) => run(process.execPath, ['--enable-source-maps', `${root}/tools/${script}`]);

/**
 * Runs one stage under a heading. Output is shown when the stage fails, and of a good one its last line.
 * @param {string} name
 * @param {() => Promise<{ code: number, output: string }>} work
 */
const stage = async (name, work) => {
  const since = performance.now();
  console.log(`\n── ${name}`);
  const { code, output } = await work();
  const text = output.trimEnd();
  if (text) console.log(code === 0 ? text.slice(text.lastIndexOf('\n') + 1) : text);
  console.log(`${code === 0 ? '✓' : '✗'} ${name}, ${seconds(since)}`);
  if (code !== 0) failures.push(name);
  total[code === 0 ? 'passed' : 'failed'] += 1;
};

/** @param {string} report vitest's JSON @returns {{ passed: number, failed: number, skipped: number, unloaded: number } | undefined} */
const countTests = (report) => {
  if (!existsSync(report)) return undefined;
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that threw before its first test failed without a test that could say so.
  const unloaded = testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ { status, assertionResults }) =>
      status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests, unloaded };
};

/** @param {readonly string[]} args for vitest */
const tests = async (args) => {
  const since = performance.now();
  console.log('\n── tests');
  const report = `${cache}/tests.json`;
  mkdirSync(cache, { recursive: true });
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { code, output } = await tool('vitest', ['run', ...reporters, ...args], { live: true, limit: 810_000 });
  if (output) console.log(output);
  const counted = countTests(report) ?? { passed: 0, failed: 0, skipped: 0, unloaded: 0 };
  let failed = counted.failed + counted.unloaded;
  // A run that fails though no test did (an error nobody caught, no test found, no report) is one failure.
  if (code !== 0 && failed === 0) failed = 1;
  const skipped = counted.skipped > 0 ? `, ${counted.skipped} skipped` : '';
  console.log(`${failed === 0 ? '✓' : '✗'} tests: ${counted.passed} passed, ${failed} failed${skipped}, ${seconds(since)}`);
  if (failed > 0) failures.push('tests');
  total.passed += counted.passed;
  total.failed += failed;
};

const finish = () => {
  if (failures.length > 0) console.log(`\nfailed: ${failures.join(', ')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
};

const everything = async () => {
  const quick = process.argv.includes('--quick');
  await stage('format and lint (biome)', () => tool('biome', ['ci', '--colors=off', '--max-diagnostics=50', '--error-on-warnings', '.']));
  await stage('lint with types (oxlint)', () => tool('oxlint', ['--type-aware', '--deny-warnings', '--format=unix']));
  await stage('house rules', () => script('check-house.mjs'));
  await stage('types of tests and tools', () => tool('tsc', ['-p', 'tsconfig.test.json', '--pretty', 'false']));
  await tests([]);
  if (quick) return;
  await stage('API reports', () => script('api-report.mjs'));
  await stage('page of the contract', () => script('contract.mjs'));
  await stage('snippets in documents', () => script('check-docs.mjs'));
  await stage('nothing unused (knip)', () => tool('knip', ['--no-progress', '--no-config-hints']));
  await stage('packages as published (publint, attw)', () => script('check-packages.mjs'));
};

endWithSignals();
const forTests = process.argv.slice(2).filter((argument) => argument !== '--quick');

if (!(await install())) {
  failures.push('install');
  total.failed += 1;
} else if (forTests.length > 0) {
  await tests(forTests);
} else if (!(await build())) {
  console.log('\nThe build failed, so no stage was run.');
  failures.push('build');
  total.failed += 1;
} else {
  total.passed += 1;
  await everything();
}
finish();
