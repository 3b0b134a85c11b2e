import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { measureFolder } from '../src/labourers/measure-folder.ts';
import { Refusal } from '../src/refusal.ts';
import { chooseNodeModules, findPackages } from '../src/work/find-packages.ts';
import { plant } from './support/packages.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'reeve-packages-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const manifest = (name: string, version: string = '1.0.0'): Readonly<Record<string, string>> => ({
  'package.json': JSON.stringify({ name, version }),
});
const idsIn = (folder: string): readonly string[] => findPackages(folder).map(({ id }) => id);

test('npm: scoped and nested packages, one of each name and version, in the order of their ids', () => {
  plant(root, [
    { folder: 'b', files: manifest('b') },
    { folder: '@s/a', files: manifest('@s/a') },
    { folder: 'b/node_modules/c', files: manifest('c', '2.0.0') },
    { folder: 'd/node_modules/c', files: manifest('c', '2.0.0') },
    { folder: 'c', files: manifest('c') },
    { folder: 'd', files: manifest('d') },
    { folder: '.cache/x', files: manifest('x') },
  ]);
  expect(idsIn(root)).toEqual(['@s/a@1.0.0', 'b@1.0.0', 'c@1.0.0', 'c@2.0.0', 'd@1.0.0']);
});

test('pnpm: packages are found where they lie, and links to them are passed by', () => {
  plant(root, [{ folder: '.pnpm/a@1.0.0/node_modules/a', files: manifest('a') }]);
  symlinkSync(join(root, '.pnpm/a@1.0.0/node_modules/a'), join(root, 'a'));
  expect(findPackages(root)).toEqual([{ id: 'a@1.0.0', folder: join(root, '.pnpm/a@1.0.0/node_modules/a') }]);
});

test('a package without a readable manifest goes by its place', () => {
  plant(root, [
    { folder: 'torn', files: { 'package.json': '{' } },
    { folder: 'bare', files: { 'index.js': '' } },
  ]);
  expect(idsIn(root)).toEqual(['bare@unknown', 'torn@unknown']);
});

test('the folder to inspect is the named one, or the node_modules inside it', () => {
  plant(root, [{ folder: 'node_modules/a', files: manifest('a') }]);
  expect(chooseNodeModules(root, '.')).toBe(join(root, 'node_modules'));
  expect(chooseNodeModules(join(root, 'node_modules'), '.')).toBe(join(root, 'node_modules'));
  expect(() => chooseNodeModules(join(root, 'nowhere'), '.')).toThrow(Refusal);
});

test('unnamed, it is the first upward that has packages in it', () => {
  plant(root, [{ folder: 'node_modules/a', files: manifest('a') }]);
  mkdirSync(join(root, 'examples/one/node_modules'), { recursive: true });
  expect(chooseNodeModules(undefined, join(root, 'examples/one'))).toBe(join(root, 'node_modules'));
});

test('a measure counts every file, lines of text alone, and leaves nested packages out', async () => {
  plant(root, [
    { folder: 'a', files: { 'two.txt': 'one\ntwo', 'empty.txt': '', 'deep/er/one.txt': 'é\n', 'image.bin': '\n\0\n' } },
    { folder: 'a/node_modules/b', files: manifest('b') },
  ]);
  let asked = 0;
  const onFile = async (): Promise<void> => {
    asked += 1;
  };
  expect(await measureFolder(join(root, 'a'), onFile)).toEqual({ files: 4, lines: 3, bytes: 13 });
  expect(asked).toBe(4);
});
