import fc from 'fast-check';

/** A job without names yet: what is in a level, and which settings it has. */
interface Level {
  readonly form: 'list' | 'nulls' | 'names';
  readonly count: number;
  readonly within: readonly (Level | 'null' | 'data')[];
  readonly isolate: boolean;
  readonly batch: number | undefined;
  readonly singular: boolean;
}

export interface ArbitraryJob {
  readonly event: { readonly lambda_name: string; readonly [name: string]: unknown };
  /** The names of all that must land in one task each, in the order in which they are written. */
  readonly leaves: readonly string[];
  readonly schema: readonly string[];
}

const SCHEMA = ['section', 'store', 'product'];

const level = (depth: number): fc.Arbitrary<Level> =>
  fc.record({
    form: depth > 1 ? fc.constantFrom('list', 'nulls', 'names', 'names') : fc.constantFrom('list', 'nulls'),
    count: fc.integer({ min: 1, max: 7 }),
    within:
      depth > 1
        ? fc.array(fc.oneof({ arbitrary: level(depth - 1), weight: 3 }, fc.constantFrom('null' as const, 'data' as const)), {
            minLength: 1,
            maxLength: 4,
          })
        : fc.constant([]),
    isolate: fc.boolean(),
    batch: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    singular: fc.boolean(),
  });

const write = (of: Level, [attribute = '', ...further]: readonly string[], leaves: string[]): Record<string, unknown> => {
  const leaf = (): string => `leaf${leaves.push('') - 1}`;
  const many = (): readonly string[] => Array.from({ length: of.count }, leaf);
  const inName = (each: Level | 'null' | 'data'): readonly [string, unknown] => {
    if (each === 'null') return [leaf(), null];
    if (each === 'data') return [leaf(), { colour: 'red' }];
    return [`node${leaves.length}-${further.length}`, write(each, further, leaves)];
  };
  const value = (): unknown => {
    if (of.form === 'list') return many();
    if (of.form === 'nulls') return Object.fromEntries(many().map((name) => [name, null]));
    return Object.fromEntries(of.within.map(inName));
  };
  // A flat list with levels below it has to say how it is chunked.
  const isolate = of.isolate || (of.form === 'list' && further.length > 0);
  return {
    ...(isolate && { [`isolate_${attribute}s`]: true }),
    ...(of.batch !== undefined && { [`max_${attribute}s_per_batch`]: of.batch }),
    [of.singular ? attribute : `${attribute}s`]: value(),
    currency: 'EUR',
  };
};

export const arbitraryJob: fc.Arbitrary<ArbitraryJob> = fc
  .integer({ min: 1, max: 3 })
  .chain((depth) => level(depth).map((root) => ({ depth, root })))
  .map(({ depth, root }) => {
    const leaves: string[] = [];
    const schema = SCHEMA.slice(0, depth);
    const event = { lambda_name: 'w0', ...write(root, schema, leaves) };
    return { event, schema, leaves: leaves.map((_, n) => `leaf${n}`) };
  });
