/** Compares a table that is there with what the contract says: pure, and complete rather than quick. */
import type { AttributeDefinition, KeySchemaElement, Projection, TableDescription } from '@aws-sdk/client-dynamodb';
import type { IndexDefinition, KeyPair, TableDefinition } from './definitions.ts';

/** One sentence for each thing that differs, with what is there and what was expected; none if the table will do. */
export const mismatches = (expected: TableDefinition, actual: TableDescription | undefined): readonly string[] => {
  const { name, index } = expected;
  if (!actual) return [`${name}: there is no such table`];
  const types = actual.AttributeDefinitions ?? [];
  const problems = [
    ...(actual.TableStatus === 'ACTIVE' || actual.TableStatus === 'UPDATING' ? [] : [`${name}: it is ${actual.TableStatus}, not ACTIVE`]),
    ...keyMismatches(name, expected, actual.KeySchema, types),
  ];
  if (!index) return problems;
  const found = indexesOf(actual).find((each) => each.IndexName === index.name);
  if (!found) return [...problems, `${name}: there is no index ${index.name}${others(actual)}`];
  const where = `${name}, index ${index.name}`;
  return [
    ...problems,
    ...statusMismatches(where, found.IndexStatus),
    ...keyMismatches(where, index, found.KeySchema, types),
    ...projectionMismatches(where, index, expected, found.Projection),
  ];
};

interface FoundIndex {
  readonly IndexName?: string | undefined;
  readonly IndexStatus?: string | undefined;
  readonly KeySchema?: KeySchemaElement[] | undefined;
  readonly Projection?: Projection | undefined;
}

// Global or local makes no difference to a reader that asks neither for consistency.
const indexesOf = ({ GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] }: TableDescription): readonly FoundIndex[] => [
  ...GlobalSecondaryIndexes,
  ...LocalSecondaryIndexes,
];

const others = (table: TableDescription): string => {
  const names = indexesOf(table).map((each) => each.IndexName);
  return names.length === 0 ? '' : `, only ${names.join(', ')}`;
};

/** Only global indexes have a status. */
const statusMismatches = (where: string, status: string | undefined): readonly string[] =>
  status === undefined || status === 'ACTIVE' || status === 'UPDATING' ? [] : [`${where}: it is ${status}, not ACTIVE`];

const keyMismatches = (
  where: string,
  expected: KeyPair,
  schema: KeySchemaElement[] = [],
  types: readonly AttributeDefinition[],
): readonly string[] => {
  const key = (kind: 'HASH' | 'RANGE'): { readonly name: string; readonly type: string | undefined } | undefined => {
    const name = schema.find((each) => each.KeyType === kind)?.AttributeName;
    return name === undefined ? undefined : { name, type: types.find((each) => each.AttributeName === name)?.AttributeType };
  };
  const text = (one: { readonly name: string; readonly type: string | undefined } | undefined): string =>
    one ? `${one.name} (${one.type})` : 'none';
  return (['HASH', 'RANGE'] as const).flatMap((kind) => {
    const [is, wanted] = [text(key(kind)), text(kind === 'HASH' ? expected.partition : expected.sort)];
    return is === wanted ? [] : [`${where}: its ${kind === 'HASH' ? 'partition' : 'sort'} key is ${is}, expected ${wanted}`];
  });
};

/** More than is asked for will do. The keys of table and index are in every index. */
const projectionMismatches = (
  where: string,
  index: IndexDefinition,
  table: KeyPair,
  projection: Projection | undefined,
): readonly string[] => {
  if (projection?.ProjectionType === 'ALL') return [];
  const is = projection?.ProjectionType === 'INCLUDE' ? `only the keys, ${projection.NonKeyAttributes?.join(', ')}` : 'only the keys';
  if (index.projection === 'ALL') return [`${where}: it holds ${is}, expected ALL attributes`];
  const had = [...(projection?.NonKeyAttributes ?? []), ...[index, table].flatMap(({ partition, sort }) => [partition.name, sort?.name])];
  const lacking = index.projection.filter((each) => !had.includes(each));
  return lacking.length === 0 ? [] : [`${where}: it holds ${is}, and lacks ${lacking.join(', ')}`];
};
