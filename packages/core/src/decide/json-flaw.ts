import { types } from 'node:util';

/**
 * Why a value cannot travel, and where: `.items[3].price`.
 * - `deep`   more levels than allowed
 * - `large`  certainly longer than allowed: it need not be turned into a text to know
 * - `value`  something that JSON cannot carry
 */
export type Flaw =
  | { readonly kind: 'deep' }
  | { readonly kind: 'large' }
  | { readonly kind: 'value'; readonly path: string; readonly problem: string };

export interface FlawLimits {
  /** The most levels of arrays and objects. */
  readonly maxDepth: number;
  /** The longest text, in bytes of UTF-8. */
  readonly maxBytes: number;
}

interface Found {
  readonly kind: Flaw['kind'];
  readonly problem: string;
  /** On the way back from the flaw each container adds its own, so that a value without a flaw pays nothing for them. */
  readonly segments: (string | number)[];
  /** Where the path ends, if not where the flaw was noticed. */
  readonly cut?: number;
}

/** NUL, which some stores cannot keep, and half of a surrogate pair, which UTF-8 cannot. */
const isUnkeepable = (text: string): boolean => !text.isWellFormed() || text.includes('\u0000');

/**
 * Looks for the first thing in a value that JSON cannot carry. Runs for every task that is enqueued.
 *
 * Both limits bound the walk itself: the depth keeps it on the stack, and the bytes end it where a few objects that refer
 * to each other many times over would unfold to more than there is memory for.
 * @throws what a getter or a toJSON of the value throws
 */
export const findFlaw = (value: unknown, { maxDepth, maxBytes }: FlawLimits): Flaw | undefined => {
  const ancestors: object[] = [];
  /** What the text has at least: a byte for each value, and one for each UTF-16 unit of a text or key. */
  let bytes = 0;

  const inArray = (items: readonly unknown[]): Found | undefined => {
    for (let n = 0; n < items.length; n += 1) {
      const found = inValue(items[n], String(n));
      if (found) return within(n, found);
    }
    return undefined;
  };

  const inObject = (members: Readonly<Record<string, unknown>>): Found | undefined => {
    for (const key of Object.keys(members)) {
      const member = members[key];
      if (member === undefined) continue; // left out, as JSON.stringify does
      if (isUnkeepable(key)) return bad('a key with NUL or half of a surrogate pair; name it otherwise');
      bytes += key.length;
      const found = inValue(member, key);
      if (found) return within(key, found);
    }
    return undefined;
  };

  const inValue = (given: unknown, key: string): Found | undefined => {
    const item = typeof given === 'object' && given !== null ? ofItsOwn(given, key) : given;
    const problem = problemOf(item);
    if (problem !== undefined) return bad(problem);
    bytes += typeof item === 'string' ? item.length + 2 : 1;
    if (bytes > maxBytes) return { kind: 'large', problem: '', segments: [] };
    if (typeof item !== 'object' || item === null) return undefined;
    if (ancestors.length >= maxDepth) return tooDeep(ancestors, item);
    ancestors.push(item);
    const found = Array.isArray(item) ? inArray(item) : inObject(item as Readonly<Record<string, unknown>>);
    ancestors.pop();
    return found;
  };

  const found = inValue(value, '');
  if (!found) return undefined;
  const { kind, problem, segments, cut } = found;
  return kind === 'value' ? { kind, problem, path: segments.slice(0, cut).map(pathSegment).join('') } : { kind };
};

/** What an object says it is as JSON. An invalid date and bytes are refused as they are: `null` and a list of numbers say less. */
const ofItsOwn = (item: object, key: string): unknown => {
  if (!('toJSON' in item) || typeof item.toJSON !== 'function' || ArrayBuffer.isView(item)) return item;
  if (types.isDate(item) && Number.isNaN(item.getTime())) return item;
  return (item.toJSON as (key: string) => unknown)(key);
};

const problemOf = (item: unknown): string | undefined => {
  switch (typeof item) {
    case 'string':
      return isUnkeepable(item) ? 'a text with NUL or half of a surrogate pair; take it out, or encode the text (base64)' : undefined;
    case 'number':
      return Number.isFinite(item) ? undefined : `${item} is no JSON number; use null or a text`;
    case 'bigint':
      return 'a BigInt; JSON has none, send it as a text';
    case 'undefined':
      return 'undefined; JSON has none, use null';
    case 'function':
    case 'symbol':
      return `a ${typeof item}; send data only`;
    case 'object':
      return item === null ? undefined : foreignProblem(item);
    default:
      return undefined;
  }
};

/** Built-in classes that JSON.stringify turns into `{}`, or into something that nobody meant. */
const FOREIGN: ReadonlySet<string> = new Set(
  'Map Set WeakMap WeakSet WeakRef Promise RegExp Error DOMException ArrayBuffer SharedArrayBuffer DataView Number String Boolean BigInt Symbol URLSearchParams Headers FormData Blob File'.split(
    ' ',
  ),
);

const foreignProblem = (item: object): string | undefined => {
  const prototype: unknown = Object.getPrototypeOf(item);
  if (prototype === Object.prototype || prototype === Array.prototype || prototype === null) return undefined;
  // By the name that the object itself goes by, and not by class: one that was made in another realm counts as well.
  const name = Object.prototype.toString.call(item).slice('[object '.length, -1);
  if (name === 'Date') return 'an invalid date; send null, or a date that there is';
  if (!FOREIGN.has(name) && !ArrayBuffer.isView(item)) return undefined;
  return `a built-in object (${name}), not plain data; turn it into an array, an object or a text`;
};

/** A cycle is as deep as one likes: it is told by an ancestor that comes twice. */
const tooDeep = (ancestors: readonly object[], item: object): Found => {
  const line = [...ancestors, item];
  const again = line.findIndex((each, n) => line.indexOf(each) < n);
  // The path of a deep value is as long as the limit and tells nothing; that of a cycle ends where the circle closes.
  if (again < 0) return { kind: 'deep', problem: '', segments: [] };
  return { kind: 'value', problem: 'a cycle; send each object once', segments: [], cut: again };
};

const bad = (problem: string): Found => ({ kind: 'value', problem, segments: [] });

const within = (key: string | number, found: Found): Found => {
  found.segments.unshift(key);
  return found;
};

/** As messages write it: `.items`, `[3]`, `["a b"]`. */
export const pathSegment = (segment: string | number): string => {
  if (typeof segment === 'number') return `[${segment}]`;
  return /^[A-Za-z_$][\w$]{0,63}$/.test(segment) ? `.${segment}` : `[${JSON.stringify(segment.slice(0, 64))}]`;
};
