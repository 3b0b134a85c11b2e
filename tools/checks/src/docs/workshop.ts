import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packagesOf } from '../packages.ts';
import { fileOf, moduleOf, type Snippet } from './snippets.ts';

const compilerOptions = {
  target: 'ES2023',
  lib: ['ES2023'],
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  experimentalDecorators: true,
  rootDir: 'src',
  outDir: 'out',
};

const namesIn = (folder: string): readonly string[] => {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(folder, name)).map((inner) => `${name}/${inner}`) : [name]));
};

const link = (target: string, path: string): void => {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(realpathSync(target), path, 'dir');
};

/**
 * Sets up a folder in which snippets see what a user's project sees: the built packages by name, and what these depend on.
 * Whatever the folder held is gone.
 */
export const setUpWorkshop = (root: string, folder: string, snippets: readonly Snippet[]): void => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'src'), { recursive: true });
  const packages = packagesOf(root);
  for (const pack of packages) link(pack.folder, join(folder, 'node_modules', pack.name));
  for (const home of [...packages.map((pack) => pack.folder), root]) {
    for (const name of namesIn(join(home, 'node_modules'))) link(join(home, 'node_modules', name), join(folder, 'node_modules', name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  for (const snippet of snippets) writeFileSync(join(folder, 'src', fileOf(snippet)), moduleOf(snippet));
};
