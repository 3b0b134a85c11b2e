import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const source = new URL('../src/', import.meta.url);
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.ts'));
const text = files.map((each) => readFileSync(new URL(each, source), 'utf8')).join('\n');
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('each code of a finding is in the README, and no other', () => {
  const made = [...text.matchAll(/notes\.(?:ok|note|warn|fail)\(\s*'([A-Z_]+)'/g)].map(([, code = '']) => code);
  const section = readme.slice(readme.indexOf('## Findings'), readme.indexOf('## Promises'));
  const told = [...section.matchAll(/`([A-Z_]+)`/g)].map(([, code = '']) => code);
  expect(made.length).toBeGreaterThan(30);
  expect(new Set(told)).toEqual(new Set(made));
});
