import type { Json } from '@reeve/core';
import { type ConfigPath, type ConfigValue, isDict, type Piece, pathText } from './piece.ts';
import { invalidConfig } from './read-text.ts';

export interface Merged {
  readonly value: ConfigValue;
  /** The piece that spoke last of each place, by the place's path as a text. */
  readonly origins: ReadonlyMap<string, Piece>;
}

/**
 * Lays pieces over one another, the later over the earlier: objects are merged member by member, anything else takes the place of what was
 * there, lists included, and `null` removes it.
 *
 * What tasks are made of is data, in which `null` is a value: payloads and jobs of schedules are taken as a whole.
 * @throws ReeveError INVALID_CONFIG
 */
export const merge = (pieces: readonly Piece[]): Merged => {
  const origins = new Map<string, Piece>();
  let value: ConfigValue = {};
  for (const piece of pieces) {
    const nested = piece.path.reduceRight<Json>((inner, name) => Object.fromEntries([[name, inner]]), piece.value);
    if (!isDict(nested)) throw invalidConfig(`${piece.from} is to be a whole configuration, and is no object; give one`);
    value = overlay(value, nested, { path: [], piece, origins });
  }
  return { value, origins };
};

interface Laying {
  readonly path: ConfigPath;
  readonly piece: Piece;
  readonly origins: Map<string, Piece>;
}

const overlay = (below: ConfigValue, above: ConfigValue, { path, piece, origins }: Laying): ConfigValue => {
  // Own members only, made by `fromEntries`: a member `__proto__` of a JSON text is a member like any other, and leads nowhere.
  const members = new Map(Object.entries(below));
  for (const [name, value] of Object.entries(above)) {
    const own = [...path, name];
    if (isData(own)) members.set(name, value);
    else if (value === null) members.delete(name);
    else if (isDict(value)) {
      const former = members.get(name);
      members.set(name, overlay(isDict(former) ? former : {}, value, { path: own, piece, origins }));
    } else members.set(name, value);
    origins.set(pathText(own), piece);
  }
  return Object.fromEntries(members);
};

/** `schedules.nightly.job`, `schedules.nightly.enqueue.payload` */
const isData = (path: ConfigPath): boolean => path[0] === 'schedules' && path.length > 2 && ['job', 'payload'].includes(path.at(-1) ?? '');
