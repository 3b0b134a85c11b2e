// The rules of the house that no linter knows. Needs the build.
import { checkHouse, medianSize, readTree, ruleCount } from './checks/dist/index.js';
import { root } from './lib/processes.mjs';

const tree = readTree(root);
const findings = checkHouse(tree);
for (const { rule, file, line, message } of findings) console.log(`${file}${line ? `:${line}` : ''}  ${message}  (${rule})`);
console.log(
  `${ruleCount} rules over ${tree.files.length} files; ${findings.length} findings; median source file ${medianSize(tree)} lines`,
);
process.exitCode = findings.length === 0 ? 0 : 1;
