import type { Rule, Tree } from '../tree.ts';

const most = 300;

const lines = (text: string): number => text.replace(/\n$/, '').split('\n').length;

const sources = ({ files }: Tree): readonly string[] =>
  files.filter((file) => /^(?:packages|examples|tools|bench|chaos)\/.*\.(?:ts|mjs|tsx)$/.test(file));

/** A file that takes more than 300 lines says more than one thing. Tests count as well. */
export const sizes: Rule = (tree) =>
  sources(tree)
    .map((file) => ({ file, count: lines(tree.read(file)) }))
    .filter(({ count }) => count > most)
    .map(({ file, count }) => ({ rule: 'sizes', file, message: `${count} lines; ${most} at most` }));

/** The middle of the sizes of the packages' sources, in lines. The house wants it under 80. */
export const medianSize = (tree: Tree): number => {
  const counts = sources(tree)
    .filter((file) => /^packages\/[^/]+\/src\//.test(file))
    .map((file) => lines(tree.read(file)))
    .sort((a, b) => a - b);
  return counts[Math.floor(counts.length / 2)] ?? 0;
};
