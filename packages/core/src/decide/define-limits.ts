import type { Keep, Labourer } from '../domain/labourer.ts';
import type { Rate } from '../domain/limits.ts';
import { DAY, MINUTE, type Millis, SECOND } from '../domain/time.ts';
import type { Field, FieldReader } from './field-reader.ts';

/** By name: how many units there are of what several labourers share, over all orchestrators. */
export type ResourceDefinitions = Readonly<Record<string, number>>;

const LONGEST_KEEP: Millis = 3_650 * DAY;
const MOST_KEPT = 10_000_000;

/** The name of a labourer, and of a resource. */
export const NAME: RegExp = /^[A-Za-z0-9_.-]{1,128}$/;
export const NAME_RULE = 'the name must be 1 to 128 letters, digits, `_`, `-` or `.`';

/** The register keeps who holds how many in one entry, so there are not more. */
const MOST_UNITS = 500;

export const unitsOf = (all: FieldReader): ReadonlyMap<string, number> =>
  new Map(
    all.names().map((name) => {
      if (!NAME.test(name)) all.field(name).refuse(NAME_RULE);
      return [name, all.field(name).whole(1, MOST_UNITS)];
    }),
  );

/** What is said of a labourer beside its cap. */
export const limitsOf = (
  own: FieldReader,
  resources: ReadonlyMap<string, number>,
): Pick<Labourer, 'rate' | 'draws' | 'perKey' | 'ratePerKey' | 'keep'> => ({
  ...(own.field('rate').isGiven && { rate: rateOf(own.field('rate')) }),
  ...drawsOf(own.field('draws'), resources),
  ...(own.field('perKey').isGiven && { perKey: own.field('perKey').whole(1, 1_000_000) }),
  ...(own.field('ratePerKey').isGiven && { ratePerKey: rateOf(own.field('ratePerKey')) }),
  ...keepOf(own.field('keep')),
});

const PERS: Readonly<Record<string, Millis>> = { second: SECOND, minute: MINUTE, hour: 60 * MINUTE };

const rateOf = (field: Field): Rate => {
  const own = field.members(['starts', 'per', 'burst']);
  const starts = own.field('starts').whole(1, 1_000_000);
  const named = Object.entries(PERS).find(([name]) => own.field('per').equals(name));
  const per = named ? named[1] : own.field('per').whole(1, DAY, SECOND);
  const burst = own.field('burst').whole(1, 1_000_000, Math.max(1, Math.ceil((starts * SECOND) / 10 / per)));
  return Object.freeze({ starts, per, burst });
};

const keepOf = (field: Field): Pick<Labourer, 'keep'> => {
  if (!field.isGiven) return {};
  const own = field.members(['completed', 'others']);
  const one = (name: 'completed' | 'others'): Partial<Record<typeof name, Keep>> => {
    if (!own.field(name).isGiven) return {};
    const { age, count } = { age: own.field(name).member('age'), count: own.field(name).member('count') };
    own.field(name).members(['age', 'count']);
    return {
      [name]: Object.freeze({
        ...(age.isGiven && { age: age.whole(0, LONGEST_KEEP) }),
        ...(count.isGiven && { count: count.whole(0, MOST_KEPT) }),
      }),
    };
  };
  return { keep: Object.freeze({ ...one('completed'), ...one('others') }) };
};

const drawsOf = (field: Field, resources: ReadonlyMap<string, number>): Pick<Labourer, 'draws'> => {
  if (!field.isGiven) return {};
  const names = [...resources.keys()];
  const own = field.members(names);
  // In the order of their names, so that two labourers that share two of them take them in one order.
  const draws = names
    .filter((name) => own.field(name).isGiven)
    .sort()
    .map((resource) => {
      const of = resources.get(resource) ?? 0;
      return Object.freeze({ resource, units: own.field(resource).whole(1, of), of });
    });
  return draws.length === 0 ? {} : { draws: Object.freeze(draws) };
};
