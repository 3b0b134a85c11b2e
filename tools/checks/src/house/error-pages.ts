import { blank } from '../blank.ts';
import { type Finding, lineAt, type Rule, type Tree } from '../tree.ts';

const rule = 'error-pages';
const folder = 'docs/errors/';
const direct = /\bcode\s*(?:\?\s*)?(?::\s*string\s*=|[:=])\s*'([A-Z][A-Z0-9_]+)'/g;
// Makers of faults take the code as an argument, so a call of anything named ...Fault is read to its closing bracket.
const maker = /Fault\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g;
const named = /'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g;

const anyName = /'([A-Z][A-Z0-9_]+)'/g;

/** Names of the operating system (ENOENT) are codes of others. */
const foreign = /^E[A-Z]+$/;

const codesIn = (source: string): readonly { readonly code: string; readonly index: number }[] => {
  const code = blank(source, { strings: false });
  const inCalls = [...code.matchAll(maker)].flatMap((call) =>
    [...call[0].matchAll(named)].map((match) => ({ code: match[1] ?? '', index: call.index + match.index })),
  );
  const plain = [...code.matchAll(direct)].map((match) => ({ code: match[1] ?? '', index: match.index }));
  return [...plain, ...inCalls].filter(({ code }) => !foreign.test(code));
};

const pageOf = (code: string): string => `${folder}${code.toLowerCase().replaceAll('_', '-')}.md`;

/** A page may also be for a code that a table of codes holds, so any quotation of it in a source counts. */
const pages = ({ files, read }: Tree, known: ReadonlySet<string>): Finding[] =>
  files
    .filter((file) => file.startsWith(folder) && file.endsWith('.md') && file !== `${folder}README.md`)
    .flatMap((file) => {
      const title = /^# ([A-Z0-9_]+)\n/.exec(read(file))?.[1];
      const lines = read(file).trimEnd().split('\n').length;
      if (title === undefined || pageOf(title) !== file)
        return [{ rule, file, line: 1, message: 'must start with "# CODE", the code of its name' }];
      if (!known.has(title)) return [{ rule, file, line: 1, message: `no source throws ${title}` }];
      return lines < 4 || lines > 20 ? [{ rule, file, message: `${lines} lines; say what it means and how to mend it in 5 to 15` }] : [];
    });

/** Every code that a package throws has its page, and every page a code. */
export const errorPages: Rule = (tree) => {
  const sources = tree.files.filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/.test(file));
  const used = sources.flatMap((file) => codesIn(tree.read(file)).map((found) => ({ ...found, file })));
  const missing = used
    .filter(({ code }) => tree.read(pageOf(code)) === '')
    .map(({ code, index, file }) => ({ rule, file, line: lineAt(tree.read(file), index), message: `${code} has no page ${pageOf(code)}` }));
  const quoted = sources.flatMap((file) =>
    [...blank(tree.read(file), { strings: false }).matchAll(anyName)].map((match) => match[1] ?? ''),
  );
  return [...missing, ...pages(tree, new Set(quoted))];
};
