import { type Dict, isDict, isList, NULL, type Tree } from './tree.ts';

/** Values that can be put into batches. */
export interface FlatValues {
  readonly count: number;
  readonly items: Iterable<Tree>;
  /** No value comes twice for sure: they are keys. */
  readonly distinct: boolean;
}

export const ofList = (items: readonly Tree[]): FlatValues => ({ count: items.length, items, distinct: items.length < 2 });

/** The names in a dictionary, one by one: there may be a million of them. */
export const ofKeys = (dict: Dict): FlatValues => ({ count: dict.size, items: { [Symbol.iterator]: () => keysOf(dict) }, distinct: true });

function* keysOf(dict: Dict): Generator<Tree> {
  for (const key of dict.keys()) yield JSON.stringify(key);
}

export const isFlat = (items: readonly Tree[]): boolean => items.every((item) => typeof item === 'string' && item !== NULL);

export const isAllNull = (dict: Dict): boolean => {
  for (const value of dict.values()) if (value !== NULL) return false;
  return true;
};

/**
 * What sosw makes of a value that is not to be chunked: a flat list, or the names of a dictionary that has nothing in it; one name with
 * something in it becomes a list of that one dictionary.
 * @returns undefined if it stays as it is
 */
export const wholeValues = (value: Tree): FlatValues | undefined => {
  if (isList(value)) return isFlat(value) ? ofList(value) : undefined;
  if (!isDict(value)) return undefined;
  if (isAllNull(value)) return ofKeys(value);
  return value.size === 1 ? ofList([value]) : undefined;
};
