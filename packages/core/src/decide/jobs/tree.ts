/**
 * JSON as it was written. JSON.parse loses digits of numbers beyond 2^53 and puts keys such as "10" before all others; both matter here,
 * where numbers and keys are the values that tasks are made of, in this order.
 * A text, number, true, false or null is its own JSON text (a text in its shortest form), a list an array, an object a Map.
 */
export type Tree = string | readonly Tree[] | Dict;
export type Dict = ReadonlyMap<string, Tree>;

export const NULL = 'null';

export const isDict = (tree: Tree | undefined): tree is Dict => tree instanceof Map;
export const isList = (tree: Tree | undefined): tree is readonly Tree[] => Array.isArray(tree);

/** The text that a tree stands for, if it stands for one. */
export const stringOf = (tree: Tree | undefined): string | undefined =>
  typeof tree === 'string' && tree.startsWith('"') ? (JSON.parse(tree) as string) : undefined;

/** What Python calls true: sosw's settings are on or off by it. */
export const isTruthy = (tree: Tree | undefined): boolean => {
  if (tree === undefined) return false;
  if (isDict(tree)) return tree.size > 0;
  if (isList(tree)) return tree.length > 0;
  if (tree === NULL || tree === 'false' || tree === '""') return false;
  return !/^-?0(?:\.0+)?(?:[eE].*)?$/.test(tree);
};

export const textOf = (tree: Tree): string => {
  if (typeof tree === 'string') return tree;
  if (isList(tree)) return `[${tree.map(textOf).join(',')}]`;
  return `{${Array.from(tree, ([key, value]) => `${JSON.stringify(key)}:${textOf(value)}`).join(',')}}`;
};

/** How many bytes of UTF-8 the text has, without making it. */
export const bytesOf = (tree: Tree): number => {
  if (typeof tree === 'string') return Buffer.byteLength(tree);
  // Two brackets and the commas between; an empty one has no comma.
  const count = isList(tree) ? tree.length : tree.size;
  let bytes = 2 + Math.max(0, count - 1);
  if (isList(tree)) for (const item of tree) bytes += bytesOf(item);
  else for (const [key, value] of tree) bytes += Buffer.byteLength(JSON.stringify(key)) + 1 + bytesOf(value);
  return bytes;
};

/** A text that two trees share if they are equal, whatever the order of members and the way a number is written. */
export const canonicalOf = (tree: Tree): string => {
  if (typeof tree === 'string') return /^[-\d]/.test(tree) ? canonicalNumber(tree) : tree;
  if (isList(tree)) return `[${tree.map(canonicalOf).join(',')}]`;
  const members = [...tree].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${canonicalOf(value)}`).join(',')}}`;
};

/** By its digits and not as a double, in which two different numbers may be one. */
const canonicalNumber = (text: string): string => {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  return `${sign}${kept}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - kept.length)}`;
};
