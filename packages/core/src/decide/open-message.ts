import type { JsonText } from '../domain/json.ts';
import { ReeveError } from '../errors.ts';
import { checkJsonText, decodeJson, encodeJson } from './encode-json.ts';
import { readTree } from './jobs/read-tree.ts';
import { type Dict, isDict, type Tree, textOf } from './jobs/tree.ts';

/** A message whose members can be asked for. */
export interface OpenedMessage {
  /** All of them, as values: of a text, numbers may have lost digits here. */
  readonly members: Readonly<Record<string, unknown>>;
  /** The JSON text of a member, if there is one, within the limit. @throws ReeveError as `encodeJson` */
  readonly text: (name: 'result' | 'stats') => JsonText | undefined;
}

const MAX_DEPTH = 64;

/**
 * What a text may have beside result and statistics. Each of them may be written six times as long as it is kept: as escapes, which is
 * how Python writes what is not ASCII.
 */
const longestText = (maxBytes: number): number => 2 * 6 * maxBytes + 64 * 1024;

/** @throws ReeveError INVALID_MESSAGE, PAYLOAD_TOO_LARGE, PAYLOAD_TOO_DEEP */
export const openMessage = (message: unknown, maxBytes: number): OpenedMessage => {
  if (typeof message === 'string') return openText(message, maxBytes);
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    throw fault('INVALID_MESSAGE', `message: ${kindOf(message)} is none; give an object, or its JSON text`);
  const members = message as Readonly<Record<string, unknown>>;
  return {
    members,
    text: (what) => (members[what] === undefined ? undefined : encodeJson(members[what], { what, maxBytes, maxDepth: MAX_DEPTH })),
  };
};

const openText = (text: string, maxBytes: number): OpenedMessage => {
  const longest = longestText(maxBytes);
  if (text.length > longest)
    throw fault(
      'PAYLOAD_TOO_LARGE',
      `message: ${text.length} characters are more than the ${longest} allowed; keep the data elsewhere and send its key`,
    );
  let value: unknown;
  try {
    value = decodeJson(text);
  } catch (error) {
    if (!ReeveError.is(error)) throw error;
    throw fault('INVALID_MESSAGE', `message: ${error.message.replace(' [PAYLOAD_NOT_JSON]', '')}`);
  }
  const tree = treeOf(text);
  if (!isDict(tree)) throw fault('INVALID_MESSAGE', `message: the text is JSON of ${kindOf(value)}; give that of an object`);
  return { members: value as Readonly<Record<string, unknown>>, text: (what) => memberText(tree, what, maxBytes) };
};

/** Read again, and not taken from the values: those have lost digits of numbers, and the order of keys such as "10". */
const treeOf = (text: string): Tree => {
  const answer = readTree(text, MAX_DEPTH + 1);
  if ('tree' in answer) return answer.tree;
  if (answer.flaw === 'deep')
    throw fault('PAYLOAD_TOO_DEEP', `message: more than ${MAX_DEPTH} levels; flatten it, or keep it elsewhere and send its key`);
  throw fault('INVALID_MESSAGE', 'message: a text in it has NUL or half of a surrogate pair; take it out, or encode the text (base64)');
};

const memberText = (tree: Dict, what: 'result' | 'stats', maxBytes: number): JsonText | undefined => {
  const member = tree.get(what);
  return member === undefined ? undefined : checkJsonText(textOf(member), { what, maxBytes });
};

const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

const fault = (code: string, message: string): ReeveError => new ReeveError({ kind: 'input', code, message });
