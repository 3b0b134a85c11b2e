/** Why a value is not JSON, and where: `.items[3].price`. */
export type Flaw = { readonly path: string } & ({ readonly kind: 'deep' } | { readonly kind: 'value'; readonly problem: string });

type Found = {
  readonly segments: (string | number)[];
  /** Where the path ends, if not where the flaw was noticed. */
  readonly cut?: number;
} & ({ readonly kind: 'deep' } | { readonly kind: 'value'; readonly problem: string });

/** NUL, which some stores cannot keep, and half of a surrogate pair, which UTF-8 cannot. */
const UNKEEPABLE = /\u0000|\p{Surrogate}/u;

/**
 * Looks for the first thing in a value that JSON cannot carry. Runs for every task that is enqueued: the path is put
 * together on the way back from a flaw, and costs nothing where there is none.
 * @throws what a getter or a toJSON of the value throws
 */
export const findFlaw = (value: unknown, maxDepth: number): Flaw | undefined => {
  const ancestors: object[] = [];

  const inMembers = (container: object): Found | undefined => {
    if (Array.isArray(container)) {
      for (let n = 0; n < container.length; n += 1) {
        const found = container[n] === undefined ? bad('undefined; JSON has none, use null') : inValue(container[n], String(n));
        if (found) return within(n, found);
      }
      return undefined;
    }
    for (const key of Object.keys(container)) {
      if (UNKEEPABLE.test(key)) return bad('a key with NUL or half of a surrogate pair; name it otherwise');
      const member: unknown = (container as Record<string, unknown>)[key];
      const found = member === undefined ? undefined : inValue(member, key);
      if (found) return within(key, found);
    }
    return undefined;
  };

  const inValue = (given: unknown, key: string): Found | undefined => {
    let item = given;
    if (typeof item === 'object' && item !== null) {
      if (isForeign(item)) return bad(`${item.constructor?.name ?? 'an object'} is not plain data; turn it into arrays, objects or text`);
      if ('toJSON' in item && typeof item.toJSON === 'function') item = (item.toJSON as (key: string) => unknown)(key);
    }
    const problem = scalarProblem(item);
    if (problem !== undefined) return bad(problem);
    if (typeof item !== 'object' || item === null) return undefined;
    if (ancestors.length === maxDepth) return tooDeep(ancestors, item);
    ancestors.push(item);
    const found = inMembers(item);
    ancestors.pop();
    return found;
  };

  const found = inValue(value, '');
  if (!found) return undefined;
  const { segments, cut, ...flaw } = found;
  return { ...flaw, path: segments.slice(0, cut).map(shown).join('') };
};

const scalarProblem = (item: unknown): string | undefined => {
  switch (typeof item) {
    case 'string':
      return UNKEEPABLE.test(item) ? 'a text with NUL or half of a surrogate pair; take it out, or encode the text (base64)' : undefined;
    case 'number':
      return Number.isFinite(item) ? undefined : `${item} is no JSON number; use null or a text`;
    case 'bigint':
      return 'a BigInt; JSON has none, send it as a text';
    case 'undefined':
      return 'undefined; JSON has none, use null';
    case 'function':
    case 'symbol':
      return `a ${typeof item}; send data only`;
    default:
      return undefined;
  }
};

/** What JSON.stringify would turn into `{}` or into something that nobody meant. */
const isForeign = (item: object): boolean =>
  item instanceof Map ||
  item instanceof Set ||
  item instanceof WeakMap ||
  item instanceof WeakSet ||
  item instanceof Promise ||
  item instanceof RegExp ||
  item instanceof Error ||
  item instanceof ArrayBuffer ||
  ArrayBuffer.isView(item) ||
  // `null` for an invalid date would be a silent change.
  (item instanceof Date && Number.isNaN(item.getTime()));

/** A cycle is as deep as one likes: it is told by an ancestor that comes twice. */
const tooDeep = (ancestors: readonly object[], item: object): Found => {
  const line = [...ancestors, item];
  const again = line.findIndex((each, n) => line.indexOf(each) < n);
  // The path of the first is as long as the limit and tells nothing; that of a cycle ends where the circle closes.
  if (again < 0) return { kind: 'deep', segments: [], cut: 0 };
  return { kind: 'value', problem: 'a cycle; send each object once', segments: [], cut: again };
};

const bad = (problem: string): Found => ({ kind: 'value', problem, segments: [] });

const within = (key: string | number, found: Found): Found => {
  found.segments.unshift(key);
  return found;
};

const shown = (segment: string | number): string => {
  if (typeof segment === 'number') return `[${segment}]`;
  return /^[A-Za-z_$][\w$]{0,63}$/.test(segment) ? `.${segment}` : `[${JSON.stringify(segment.slice(0, 64))}]`;
};
