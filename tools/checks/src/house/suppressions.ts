import { blank } from '../blank.ts';
import { type Finding, findAll, lineAt, type Rule } from '../tree.ts';

const rule = 'suppressions';
const silencers = /(@ts-(?:ignore|expect-error|nocheck)|(?:oxlint|eslint)-disable(?:-next-line|-line)?|biome-ignore(?:-all)?)([^\n]*)/g;
const any = /(?:[:<|&,(]|\bas|=>|\bextends|=)\s*\bany\b(?!\s*[:(?.]|\s*=>)/g;

/** A reason is at least three words, after the names of the rules. */
const reasoned = (rest: string): boolean => /(?:--|:)\s*\S+\s+\S+\s+\S+/.test(rest);

/** Neither `any` nor a silenced check, but with a reason beside it; `@ts-ignore` not even then. */
export const suppressions: Rule = ({ files, read }) =>
  files
    .filter((file) => /^(?:packages|examples|tools)\/.*\.(?:ts|tsx|mts)$/.test(file) && !file.startsWith('tools/checks/'))
    .flatMap((file): Finding[] => {
      const source = read(file);
      const lines = source.split('\n');
      const silenced = [...source.matchAll(silencers)]
        .filter(([, name = '', rest = '']) => /@ts-(?:ignore|nocheck)/.test(name) || !reasoned(rest))
        .map(({ 1: name = '', index }) => ({
          rule,
          file,
          line: lineAt(source, index),
          message: `${name} without a reason (name: why it must be)`,
        }));
      const untyped = findAll(rule, file, blank(source, { strings: true }), any, () => 'any: say unknown, or the type').filter(
        ({ line = 1 }) => !/biome-ignore/.test(lines[line - 2] ?? ''),
      );
      return [...silenced, ...untyped];
    });
