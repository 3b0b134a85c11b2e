import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { checkHouse } from '../../src/house/check-house.ts';
import { readTree } from '../../src/tree.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const shared = { license: 'MIT', type: 'module', description: 'a package for the check', engines: { node: '>=20.20' } };
const entry = { types: './dist/index.d.ts', default: './dist/index.js' };
const core = {
  ...shared,
  name: '@reeve/core',
  version: '1.2.3',
  keywords: ['reeve'],
  sideEffects: false,
  exports: { '.': { '@reeve/source': './src/index.ts', ...entry }, './package.json': './package.json' },
  files: ['dist', 'README.md', 'LICENSE'],
  publishConfig: { access: 'public', exports: { '.': entry, './package.json': './package.json' } },
  dependencies: { inversify: 'catalog:' },
};

const clean: Readonly<Record<string, string>> = {
  '.gitignore': 'dist/\nnode_modules/\n',
  'package.json': JSON.stringify({ ...shared, private: true }),
  'packages/core/package.json': JSON.stringify(core),
  'packages/core/README.md': '# @reeve/core\n\n## Install\n\n```ts\nx;\n```\n\n## Promises and limits\n',
  'packages/core/src/index.ts': `export const answer: number = 42;\n`,
  'packages/core/dist/index.js': 'const ignored: any = 1;\n',
  'packages/core/node_modules/x/package.json': '{}',
};

const checkout = (changes: Readonly<Record<string, string>>): string => {
  const root = mkdtempSync(join(tmpdir(), 'reeve-house-'));
  folders.push(root);
  for (const [file, text] of Object.entries({ ...clean, ...changes })) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
};

const rulesBroken = (changes: Readonly<Record<string, string>>): readonly string[] =>
  checkHouse(readTree(checkout(changes))).map(({ rule }) => rule);

const manifest = (change: object): Record<string, string> => ({ 'packages/core/package.json': JSON.stringify({ ...core, ...change }) });

it('a clean house has nothing to say', () => {
  expect(rulesBroken({})).toEqual([]);
});

it.each([
  ['arrows', { 'packages/core/src/run/a.ts': `import { x } from 'inversify';` }],
  ['adapters', { 'packages/core/src/a.ts': `import { x } from '@reeve/adapter-sqlite';` }],
  ['time-and-chance', { 'packages/core/src/run/a.ts': 'Date.now();' }],
  ['sizes', { 'packages/core/src/a.ts': ';\n'.repeat(301) }],
  ['suppressions', { 'packages/core/src/a.ts': 'const a: any = 1;' }],
  ['skipped-tests', { 'packages/core/test/a.test.ts': `it.only('a');` }],
  ['readmes', { 'packages/core/README.md': '' }],
  ['error-pages', { 'docs/errors/x.md': '# X\n' }],
  ['manifests', manifest({ dependencies: { inversify: '^8.0.0' } })],
  ['places', { 'docs/a.md': ['', 'root', 'x'].join('/') }],
])('%s is broken by what is planted', (rule, changes) => {
  expect(new Set(rulesBroken(changes))).toContain(rule);
});

it.each([
  ['license', { license: 'ISC' }],
  ['engines', { engines: { node: '>=18' } }],
  ['name', { name: '@reeve/kernel' }],
  ['publishConfig', { publishConfig: { access: 'public', exports: core.exports } }],
  ['files', { files: ['dist'] }],
  ['access', { publishConfig: { ...core.publishConfig, access: 'restricted' } }],
])('a manifest with another %s is told', (_, change) => {
  expect(new Set(rulesBroken(manifest(change)))).toContain('manifests');
});
