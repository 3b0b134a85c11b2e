/** How many of each key run, as the places say it. Pure. */
import type { Row } from '../client/requests.ts';
import { isLive, type Now, placesOf } from './group.ts';
import { tagOfPlace, untilOfPlace } from './place.ts';

/** By the tags of keys; tasks without a key by `undefined`. */
export type Running = ReadonlyMap<string | undefined, number>;

/** Places whose time has not come. */
export const runningOf = (rows: readonly Row[], when: Now): Running => countedIn(rows, (row, name) => isLive(row, name, when));

/**
 * What counts when places are taken. A place counts until somebody has marked it as ended: a renewal under way may still put it off. In one
 * group alone it need not be marked yet, since whoever takes a place there marks it in the same write.
 */
export const takenOf = (rows: readonly Row[], when: Now): Running =>
  rows.length === 1 ? runningOf(rows, when) : countedIn(rows, (row, name) => untilOfPlace(row[name]?.S ?? '') > 0);

const countedIn = (rows: readonly Row[], counts: (row: Row, name: string) => boolean): Running => {
  const running = new Map<string | undefined, number>();
  for (const row of rows) {
    for (const name of placesOf(row)) {
      const tag = tagOfPlace(row[name]?.S ?? '');
      if (counts(row, name)) running.set(tag, (running.get(tag) ?? 0) + 1);
    }
  }
  return running;
};

/** Those whose keys have a place for them, the first of them first. */
export const withRoom = <T extends { readonly tag?: string | undefined }>(
  wanting: readonly T[],
  running: Running,
  perKey: number,
): readonly T[] => {
  const counts = new Map(running);
  return wanting.filter(({ tag }) => {
    const runs = counts.get(tag) ?? 0;
    if (tag !== undefined && runs >= perKey) return false;
    counts.set(tag, runs + 1);
    return true;
  });
};

/** Those that have to give their places back: so many of their keys have one that it is more than may be. The last of them first. */
export const tooMany = <T extends { readonly tag?: string | undefined }>(
  taken: readonly T[],
  running: Running,
  perKey: number,
): ReadonlySet<T> => {
  const counts = new Map(running);
  const over = new Set<T>();
  for (const one of [...taken].reverse()) {
    const runs = counts.get(one.tag) ?? 0;
    if (one.tag === undefined || runs <= perKey) continue;
    counts.set(one.tag, runs - 1);
    over.add(one);
  }
  return over;
};
