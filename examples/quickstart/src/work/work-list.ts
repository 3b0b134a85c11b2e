import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { codeOf, Refusal } from '../refusal.ts';
import type { Package } from './find-packages.ts';

/** What is to be done. It is decided once and kept, so that a run that resumes does the same work, whatever was installed since. */
export interface WorkList {
  readonly nodeModules: string;
  readonly packages: readonly Package[];
}

/**
 * @returns undefined if none was kept yet
 * @throws Refusal if what is there is no work list
 */
export const readWorkList = (file: string): WorkList | undefined => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new Refusal(`${file} cannot be read (${codeOf(error) ?? 'unknown'}); give another folder with --data`);
  }
  const list = parse(text);
  if (list) return list;
  throw new Refusal(`${file} is not a list of this example; give another folder with --data`);
};

/**
 * Whole or not at all. Of two processes that start at once the later one replaces the list of the earlier: both have looked at the
 * same packages, so it is the same list.
 */
export const keepWorkList = (file: string, list: WorkList): void => {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(list, undefined, 1)}\n`, { flush: true });
  renameSync(draft, file);
};

const parse = (text: string): WorkList | undefined => {
  try {
    const { nodeModules, packages } = JSON.parse(text) as Partial<WorkList>;
    return typeof nodeModules === 'string' && Array.isArray(packages) && packages.every(isPackage) ? { nodeModules, packages } : undefined;
  } catch {
    return undefined;
  }
};

const isPackage = (value: Partial<Package> | null): boolean => typeof value?.id === 'string' && typeof value.folder === 'string';
