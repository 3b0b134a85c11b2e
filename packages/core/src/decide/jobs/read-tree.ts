import type { Dict, Tree } from './tree.ts';

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /"(?:[^"\\]|\\.)*"|[^\s,\]}]+/y;

export type TreeFlaw = 'deep' | 'unkeepable';

/**
 * Reads a text that is known to be JSON.
 * @param maxDepth so that it cannot run out of stack
 * @returns what is wrong instead: deeper than that, or NUL or half of a surrogate pair in a text, which stores cannot keep
 */
export const readTree = (text: string, maxDepth: number): { readonly tree: Tree } | { readonly flaw: TreeFlaw } => {
  let at = 0;
  let flaw: TreeFlaw | undefined;

  const skip = (): void => {
    SPACE.lastIndex = at;
    SPACE.test(text);
    at = SPACE.lastIndex;
  };

  /** The next character that counts, and past it if it is this one. */
  const take = (character: string): boolean => {
    skip();
    if (text[at] !== character) return false;
    at += 1;
    return true;
  };

  const scalar = (): string => {
    skip();
    SCALAR.lastIndex = at;
    const token = SCALAR.exec(text)?.[0] ?? '';
    at += token.length;
    if (!token.startsWith('"')) return token;
    if (!token.includes('\\') && token.isWellFormed()) return token;
    const value = JSON.parse(token) as string;
    if (!value.isWellFormed() || value.includes('\u0000')) flaw ??= 'unkeepable';
    return JSON.stringify(value);
  };

  const list = (depth: number): readonly Tree[] => {
    const items: Tree[] = [];
    if (take(']')) return items;
    do items.push(value(depth));
    while (flaw === undefined && take(','));
    take(']');
    return items;
  };

  const dict = (depth: number): Dict => {
    const members = new Map<string, Tree>();
    if (take('}')) return members;
    do {
      const key = JSON.parse(scalar()) as string;
      take(':');
      // Of two members of one name the last counts, in the place of the first: so Python reads it, and so does JSON.parse.
      members.set(key, value(depth));
    } while (flaw === undefined && take(','));
    take('}');
    return members;
  };

  const value = (depth: number): Tree => {
    const open = take('[') ? list : take('{') ? dict : undefined;
    if (!open) return scalar();
    if (depth < maxDepth) return open(depth + 1);
    flaw = 'deep';
    return [];
  };

  const tree = value(0);
  return flaw === undefined ? { tree } : { flaw };
};
