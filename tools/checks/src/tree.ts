import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One thing that is not as the house wants it. */
export interface Finding {
  readonly rule: string;
  /** Relative to the root, with forward slashes. */
  readonly file: string;
  /** Counted from 1. */
  readonly line?: number;
  readonly message: string;
}

/** The files of a checkout, without what is installed, built or ignored. */
export interface Tree {
  readonly root: string;
  /** Relative paths, sorted. */
  readonly files: readonly string[];
  /** The text of a file; empty for one that is not there. */
  read(file: string): string;
}

/** One rule of the house: looks at a tree, changes nothing. */
export type Rule = (tree: Tree) => readonly Finding[];

const always = ['.git', 'node_modules'];

/** Names that .gitignore lists, wherever they stand. Patterns of more than a name are not understood, and not used here. */
const ignoredNames = (root: string): ReadonlySet<string> => {
  const path = join(root, '.gitignore');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return new Set([...always, ...lines.map((line) => line.trim().replace(/\/$/, '')).filter((line) => /^[\w.-]+$/.test(line))]);
};

const walk = (root: string, folder: string, ignored: ReadonlySet<string>): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (ignored.has(entry.name)) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return walk(root, path, ignored);
    return entry.isFile() ? [path] : [];
  });

/** Reads a checkout from its folder. Needs no git, so an unpacked archive is checked alike. */
export const readTree = (root: string): Tree => {
  const files = walk(root, '', ignoredNames(root)).sort();
  const texts = new Map<string, string>();
  const read = (file: string): string => {
    const known = texts.get(file);
    if (known !== undefined) return known;
    const path = join(root, file);
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    texts.set(file, text);
    return text;
  };
  return { root, files, read };
};

/** The line, counted from 1, in which a character of a text stands. */
export const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

/** Every match of a pattern (with the flag g) in a text, as findings. */
export const findAll = (rule: string, file: string, text: string, pattern: RegExp, message: (match: string) => string): Finding[] =>
  [...text.matchAll(pattern)].map((match) => ({ rule, file, line: lineAt(text, match.index), message: message(match[1] ?? match[0]) }));
