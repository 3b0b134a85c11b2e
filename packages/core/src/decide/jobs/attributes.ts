import type { Path } from './job-fault.ts';
import { type Dict, isDict, isList, isTruthy, type Tree } from './tree.ts';

/** What the walk through a job needs to know everywhere. */
export interface Chunking {
  /** Names in the singular, the outermost first. */
  readonly attributes: readonly string[];
  /** Settings of outer levels count in inner ones (0.7.47), and stay in the payload. */
  readonly inherits: boolean;
  refuse(path: Path, problem: string): void;
  /** No task would come of what is there. */
  refuseEmpty(path: Path, problem: string): void;
  /** Two tasks may turn out to have the same payload. */
  mayRepeat(): void;
}

export const pluralOf = (attribute: string): string => `${attribute}s`;
export const namesOf = (attribute: string): readonly string[] => [attribute, pluralOf(attribute)];

/** As sosw tells them: by how their name begins. */
export const isSetting = (name: string): boolean => /^(?:isolate_|max_\w*_per_batch)/.test(name);

export const settingsOf = (dict: Dict): Dict => new Map([...dict].filter(([name]) => isSetting(name)));

/** A value as a list: one that is none is a list of one. */
export const listOf = (value: Tree): readonly Tree[] => (isList(value) ? value : [value]);

/** Somebody asks, in these settings, that this attribute be chunked. */
export const isAsked = (attribute: string, settings: (name: string) => Tree | undefined): boolean =>
  namesOf(attribute).some((name) => isTruthy(settings(`isolate_${name}`)) || isTruthy(settings(`max_${name}_per_batch`)));

/**
 * Whether an attribute is to be chunked at this level: because it is asked for, or because something further in is, which cannot be got
 * at otherwise.
 * @param outer the settings of the levels around, which win over those of the same name in here
 */
export const needsChunking = (chunking: Chunking, level: number, job: Dict, outer: Dict, path: Path): boolean => {
  const [attribute, next] = chunking.attributes.slice(level, level + 2);
  if (attribute === undefined) return false;
  if (isAsked(attribute, (name) => outer.get(name) ?? job.get(name))) return true;
  if (next === undefined) return false;
  const around: Dict = chunking.inherits ? new Map([...settingsOf(job), ...outer]) : new Map();
  for (const name of namesOf(attribute)) {
    const value = job.get(name);
    if (value === undefined || !isTruthy(value)) continue;
    for (const item of listOf(value)) {
      if (!isDict(item)) {
        chunking.refuse([...path, name], `has values, and nothing says how to chunk them; add isolate_${pluralOf(attribute)}: true`);
        return false;
      }
      for (const [inner, within] of item)
        if (isDict(within) && needsChunking(chunking, level + 1, within, around, [...path, name, inner])) return true;
    }
  }
  return false;
};

/**
 * How many values of an attribute go into one task at most; 0 where there can be no batch.
 * @returns undefined if nobody says. Refused: what is no whole number, where sosw ends in an error of Python or rounds
 */
export const batchSizeOf = (chunking: Chunking, attribute: string, job: Dict, around: Dict, path: Path): number | undefined => {
  const name = `max_${pluralOf(attribute)}_per_batch`;
  const value = job.get(name) ?? around.get(name);
  if (value === undefined) return undefined;
  if (value === 'false') return 0;
  if (typeof value === 'string' && /^(?:"\d{1,15}"|\d{1,15})$/.test(value)) return Number(value.replaceAll('"', ''));
  chunking.refuse([...path, name], 'is no size of a batch; give a whole number from 1 on, or leave it out');
  return 1;
};
