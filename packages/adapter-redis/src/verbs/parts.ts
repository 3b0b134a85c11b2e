import type { Script, Scripts } from '../client/scripts.ts';
import type { Keys } from '../keys.ts';

/** What the verbs share. */
export interface Parts {
  readonly keys: Keys;
  readonly scripts: Scripts;
}

/** Labourers that one call looks at: a script keeps everybody waiting while it runs. */
const TOGETHER = 100;

/**
 * Runs a script that looks at any number of labourers: on one server for a hundred in a call, with several for each by itself, since
 * their keys are on different servers, but all at once.
 * @param keysOf the keys of one labourer, as the script wants them
 * @returns one answer for each labourer, in their order
 */
export const ofEach = async <Answer>(
  { scripts }: Parts,
  script: Script,
  labourers: readonly string[],
  keysOf: (labourer: string) => readonly string[],
  args: readonly (string | number)[] = [],
): Promise<readonly Answer[]> => {
  const groups = inPages(labourers, scripts.spread ? 1 : TOGETHER);
  const answers = await Promise.all(
    groups.map(async (group) => (await scripts.read(script, group.flatMap(keysOf), args)) as readonly Answer[]),
  );
  const all: Answer[] = [];
  for (const each of answers) all.push(...each);
  return all;
};

export const inPages = <T>(list: readonly T[], most: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / most) }, (_, n) => list.slice(n * most, (n + 1) * most));

/** Lists that were gathered by a name. */
export const groupBy = <Name, T>(list: readonly T[], nameOf: (item: T) => Name): ReadonlyMap<Name, T[]> => {
  const groups = new Map<Name, T[]>();
  for (const each of list) {
    const group = groups.get(nameOf(each));
    if (group) group.push(each);
    else groups.set(nameOf(each), [each]);
  }
  return groups;
};
