// The plain CloudFormation template: says whether cloudformation/reeve.json is what the construct makes now. Needs the build.
//   node packages/cdk/scripts/template.mjs            compares
//   node packages/cdk/scripts/template.mjs --write    writes it
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainTemplate } from '../dist/plain-template.js';

const file = fileURLToPath(new URL('../cloudformation/reeve.json', import.meta.url));
const isWritten = process.argv.includes('--write');
const text = `${JSON.stringify(plainTemplate(isWritten), null, 2)}\n`;
if (isWritten) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.log('cloudformation/reeve.json is not what the construct makes; run this with --write, and look at what changed');
  process.exitCode = 1;
}
