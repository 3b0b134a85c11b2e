import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { codeOf, Refusal } from '../refusal.ts';

/** Where one run, and the runs that resume it, keep what they know. */
export interface DataFolder {
  readonly path: string;
  /** Made for this run alone, because none was named. */
  readonly isOwn: boolean;
  /** The store. */
  readonly tasks: string;
  /** What is to be done, as it was decided once. */
  readonly workList: string;
  /** What handlers did, a line each. */
  readonly journal: string;
}

/** @throws Refusal if the folder cannot be made or written */
export const openDataFolder = (named: string | undefined): DataFolder => {
  const path = named === undefined ? mkdtempSync(join(tmpdir(), 'reeve-')) : writable(named);
  return {
    path,
    isOwn: named === undefined,
    tasks: join(path, 'tasks.db'),
    workList: join(path, 'packages.json'),
    journal: join(path, 'attempts.jsonl'),
  };
};

export const removeDataFolder = ({ path }: DataFolder): void => rmSync(path, { recursive: true, force: true });

const writable = (named: string): string => {
  const path = resolve(named);
  try {
    makeFolder(path);
    if (!statSync(path).isDirectory()) throw new Refusal(`--data: ${path} is a file; give a folder that can be written`);
    accessSync(path, constants.W_OK | constants.X_OK);
    return path;
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(`--data: ${reason(path, error)}; give a folder that can be written`);
  }
};

/** Step by step: where a system lets nobody make a folder, as in /proc, Node's own `recursive` never comes to an end. */
const makeFolder = (path: string): void => {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error; // another process was first
  }
};

const reason = (path: string, error: unknown): string =>
  codeOf(error) === 'ENOTDIR' ? `${path} leads through a file` : `${path} cannot be written (${codeOf(error) ?? 'unknown'})`;
