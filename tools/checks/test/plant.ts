import type { Rule, Tree } from '../src/tree.ts';

/** A checkout in memory: paths and texts. */
export const plant = (texts: Readonly<Record<string, string>>): Tree => ({
  root: '/planted',
  files: Object.keys(texts).sort(),
  read: (file) => texts[file] ?? '',
});

/** What a rule says about planted files, as `file:line message`. */
export const said = (rule: Rule, texts: Readonly<Record<string, string>>): readonly string[] =>
  rule(plant(texts)).map(({ file, line, message }) => `${file}:${line ?? '-'} ${message}`);
