import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Refusal } from '../refusal.ts';
import { packageId } from './package-id.ts';

export interface Package {
  readonly id: string;
  readonly folder: string;
}

/** The packages of a node_modules folder, as npm or as pnpm lays it out, one of each name and version, in the order of their ids. */
export const findPackages = (nodeModules: string): readonly Package[] => {
  const byId = new Map<string, Package>();
  for (const folder of foldersIn(nodeModules)) {
    const id = idOf(folder, nodeModules);
    if (!byId.has(id)) byId.set(id, { id, folder });
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
};

/**
 * The folder to inspect: the named one, or the first upward from here that has packages in it.
 * @throws Refusal if there is none
 */
export const chooseNodeModules = (named: string | undefined, from: string): string => {
  if (named !== undefined) {
    const path = resolve(named);
    const inside = join(path, 'node_modules');
    if (!existsSync(path)) throw new Refusal(`--packages: ${path} is not there; give a node_modules folder`);
    return realpathSync(existsSync(inside) ? inside : path);
  }
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const nodeModules = join(folder, 'node_modules');
    // A workspace member's own holds nothing but links to where the packages are.
    if (!foldersIn(nodeModules).next().done) return realpathSync(nodeModules);
    if (dirname(folder) === folder)
      throw new Refusal('no installed packages were found; install some, or name a node_modules with --packages');
  }
};

/** Links are passed by: what they lead to is found where it lies. */
function* foldersIn(nodeModules: string): Generator<string> {
  for (const entry of directories(nodeModules)) {
    const path = join(nodeModules, entry);
    if (entry === '.pnpm') for (const each of directories(path)) yield* foldersIn(join(path, each, 'node_modules'));
    else if (entry.startsWith('.')) continue;
    else if (entry.startsWith('@')) for (const each of directories(path)) yield* packageAt(join(path, each));
    else yield* packageAt(path);
  }
}

function* packageAt(folder: string): Generator<string> {
  yield folder;
  yield* foldersIn(join(folder, 'node_modules'));
}

const directories = (path: string): readonly string[] => {
  let entries: readonly Dirent[];
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    return []; // not there, no folder, or not ours to read: nothing to be found in it
  }
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
};

const idOf = (folder: string, nodeModules: string): string => {
  const { name, version } = manifestOf(folder);
  // Without a manifest the place is all there is to tell it by.
  return name === undefined || version === undefined ? packageId(relative(nodeModules, folder), 'unknown') : packageId(name, version);
};

const manifestOf = (folder: string): { readonly name?: string; readonly version?: string } => {
  try {
    const { name = basename(folder), version }: Record<string, unknown> = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { ...(typeof name === 'string' && { name }), ...(typeof version === 'string' && { version }) };
  } catch {
    return {};
  }
};
