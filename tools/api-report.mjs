// What each package exports, as text under api/ that is reviewed with every change. Needs the build.
//   node tools/api-report.mjs           fails where a report is not what the build says
//   node tools/api-report.mjs --write   writes them
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { makeReports } from './checks/dist/index.js';
import { root } from './lib/processes.mjs';

const folder = `${root}/api`;
const write = process.argv.includes('--write');
mkdirSync(folder, { recursive: true });
const reports = makeReports(root, `${root}/node_modules/.cache/reeve/api`);

/** @param {string} file */
const committed = (file) => (existsSync(`${folder}/${file}`) ? readFileSync(`${folder}/${file}`, 'utf8').replaceAll('\r\n', '\n') : '');

/**
 * The lines that only one side has: enough to see what changed, without a tool that may be missing.
 * @param {string} before
 * @param {string} now
 */
const difference = (before, now) => {
  const [old, fresh] = [new Set(before.split('\n')), new Set(now.split('\n'))];
  const gone = [...old].filter((line) => !fresh.has(line)).map((line) => `  - ${line}`);
  const come = [...fresh].filter((line) => !old.has(line)).map((line) => `  + ${line}`);
  return [...gone, ...come].slice(0, 40);
};

const problems = reports.flatMap((report) => report.problems);
const changed = reports.filter(({ file, text }) => committed(file) !== text);
const leftOver = readdirSync(folder).filter((file) => file.endsWith('.md') && !reports.some((report) => report.file === file));

for (const problem of problems) console.log(problem);
if (write) {
  for (const { file, text } of changed) writeFileSync(`${folder}/${file}`, text);
  for (const file of leftOver) rmSync(`${folder}/${file}`);
  console.log(`${reports.length} reports, ${changed.length} written, ${leftOver.length} removed`);
} else {
  for (const { file, text } of changed)
    console.log([`api/${file} differs from the build:`, ...difference(committed(file), text)].join('\n'));
  for (const file of leftOver) console.log(`api/${file} belongs to no package`);
  const wrong = changed.length + leftOver.length;
  console.log(
    `${reports.length} reports, ${wrong} out of date${wrong === 0 ? '' : '; if the change is meant: node tools/api-report.mjs --write'}`,
  );
  process.exitCode = wrong === 0 ? 0 : 1;
}
if (problems.length > 0) process.exitCode = 1;
