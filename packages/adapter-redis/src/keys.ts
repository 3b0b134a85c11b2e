/** The names of keys. All of one labourer's carry one hash tag, so that a Cluster keeps them on one server and a script may use them all. */

/** How many buckets the registry of ids has. A part of the layout: two processes must agree on it. */
export const BUCKETS = 8;

const NAMES = {
  tasks: 't',
  ready: 'r',
  fresh: 'f',
  again: 'a',
  back: 'b',
  leases: 'l',
  overdue: 'o',
  order: 'x',
  ended: 'e',
  completed: 'c',
  ends: 'n',
  notes: 'h',
  meta: 'm',
  unregister: 'u',
  /** Tasks with a key, and whose turn it is: see lua/turns.ts. */
  keyed: 'k',
  lines: 'i',
  heads: 'y',
  turns: 'w',
  /** Dead and set aside ones of the first layout: they leave with their age. */
  oldDead: 'd',
  oldAside: 's',
} as const;

export type LabourerKeys = Readonly<Record<keyof typeof NAMES, string>>;

export class Keys {
  readonly #prefix: string;
  readonly #known = new Map<string, LabourerKeys>();
  readonly schema: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
    this.schema = `${prefix}:schema`;
  }

  of(labourer: string): LabourerKeys {
    const known = this.#known.get(labourer);
    if (known) return known;
    const named = Object.entries(NAMES).map(([name, letter]) => [name, `{${this.#prefix}:${labourer}}:${letter}`]);
    const keys = Object.fromEntries(named) as LabourerKeys;
    this.#known.set(labourer, keys);
    return keys;
  }

  /** Not a key, but the name of what is published to. */
  channel(labourer: string): string {
    return `${this.#prefix}:wake:${labourer}`;
  }

  /** An entry of the register: a hash tag of its own. No prefix has a brace, so no two prefixes share a key. */
  entry(name: string): string {
    return `${this.#prefix}:entry:{${name}}`;
  }

  bucket(number: number): string {
    return `{${this.#prefix}:ids:${number}}`;
  }
}

/** Which bucket of the registry an id is in: FNV-1a over its UTF-16 units. A part of the layout. */
export const bucketOf = (id: string): number => {
  let hash = 0x811c9dc5;
  for (let n = 0; n < id.length; n += 1) hash = Math.imul(hash ^ id.charCodeAt(n), 0x01000193);
  return (hash >>> 0) % BUCKETS;
};
