import { posix } from 'node:path';
import { type Finding, lineAt, type Rule, type Tree } from '../tree.ts';

const rule = 'links';
const link = /\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)]*)?\)/g;
const decisions = 'docs/decisions/';

// Code in a document may look like a link, and leads nowhere.
const withoutCode = (text: string): string =>
  text.replaceAll(/^( *)```[\s\S]*?^\1```|`[^`\n]*`/gm, (code) => code.replaceAll(/[^\n]/g, ' '));

const leads = ({ files }: Tree, path: string): boolean =>
  files.includes(path) || files.some((file) => file.startsWith(`${path.replace(/\/$/, '')}/`));

/** Links between documents lead somewhere, and every decision is in the index. */
export const links: Rule = (tree) => {
  const documents = tree.files.filter((file) => file.endsWith('.md') && !file.startsWith('api/'));
  const broken = documents.flatMap((file): Finding[] => {
    const text = withoutCode(tree.read(file));
    return [...text.matchAll(link)]
      .map((match) => ({ target: match[1] ?? '', index: match.index }))
      .filter(({ target }) => !leads(tree, posix.normalize(posix.join(posix.dirname(file), target))))
      .map(({ target, index }) => ({ rule, file, line: lineAt(text, index), message: `${target} is not there` }));
  });
  const index = tree.read(`${decisions}README.md`);
  const unlisted = documents
    .filter((file) => file.startsWith(decisions) && file !== `${decisions}README.md`)
    .filter((file) => !index.includes(`](${file.slice(decisions.length)})`))
    .map((file) => ({ rule, file, message: `is not in the index ${decisions}README.md` }));
  return [...broken, ...unlisted];
};
