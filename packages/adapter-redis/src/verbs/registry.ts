/**
 * The registry says whose each id is, so that no two labourers have one id (E2). Its buckets have hash tags of their own: in a Cluster no
 * script sees them and a labourer at once, and what is known of an id is settled by the order of writes and by time:
 *
 * - An id is registered, with the time, before it is stored; registering again makes the time new.
 * - ENQUEUE stores nothing on the word of an entry that is older than 30 s.
 * - An entry whose labourer does not know the id is passed on, or taken out, only once it is older than 60 s: whoever registered it
 *   can store nothing on its word any more.
 *
 * So no crash and no delay puts one id in two places, as long as the clocks of the Cluster's servers differ by less than 30 s. On one
 * server no time is needed: the scripts that pass on or take out look by themselves whether the labourer knows the id.
 */
import { type Millis, type NewTask, ReeveError } from '@reeve/core';
import { scriptOf } from '../client/scripts.ts';
import { bucketOf } from '../keys.ts';
import { KNOWS, PASS_ON, REGISTER, UNREGISTER } from '../lua/registry.ts';
import { groupBy, type Parts } from './parts.ts';

const SCRIPTS = {
  register: scriptOf('register', REGISTER),
  knows: scriptOf('knows', KNOWS),
  passOn: scriptOf('passOn', PASS_ON),
  unregister: scriptOf('unregister', UNREGISTER),
};

/** Older entries can no longer be stored on: twice what ENQUEUE accepts. */
const OLD: Millis = 60_000;
const ageOf = ({ scripts }: Parts): number => (scripts.spread ? OLD : -1);

/** A bucket, and where a script can look at both, what a labourer knows. */
const keysWith = ({ keys, scripts }: Parts, bucket: number, labourer: string): readonly string[] => {
  const { tasks, ended } = keys.of(labourer);
  return [keys.bucket(bucket), ...(scripts.spread ? [] : [tasks, ended])];
};

/** Looks at an id that somebody else is just enqueueing, each a round trip. He needs one. */
const LOOKS = 100;

/** @returns the oldest time of the entries, and the owners of those that are not this labourer's */
export const register = async (
  { keys, scripts }: Parts,
  labourer: string,
  tasks: readonly NewTask[],
): Promise<{ readonly at: number; readonly owners: ReadonlyMap<string, string> }> => {
  const owners = new Map<string, string>();
  const groups = [...groupBy(tasks, ({ id }) => bucketOf(id))];
  const times = groups.map(async ([bucket, group]) => {
    const args = [labourer, ...group.map(({ id }) => id)];
    const answer = await scripts.write(SCRIPTS.register, [keys.bucket(bucket)], args);
    const [now, flags, ...others] = answer as readonly [number, string, ...string[]];
    let next = 0;
    for (const [n, { id }] of group.entries()) if (flags[n] === 'o') owners.set(id, others[next++]!);
    return now;
  });
  return { at: Math.min(...(await Promise.all(times))), owners };
};

/**
 * An id that is registered for another labourer.
 * @returns `known`: he has it. `passed`: he has not, and it is this one's now
 * @throws ReeveError STORE_BUSY
 */
export const passOn = async (parts: Parts, id: string, from: string, to: string): Promise<'known' | 'passed'> => {
  const { keys, scripts } = parts;
  let owner = from;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const { tasks, ended } = keys.of(owner);
    const [known] = (await scripts.read(SCRIPTS.knows, [tasks, ended], [id])) as readonly number[];
    if (known === 1) return 'known';
    const bucket = keys.bucket(bucketOf(id));
    const word = await scripts.write(SCRIPTS.passOn, keysWith(parts, bucketOf(id), owner), [id, owner, to, ageOf(parts)]);
    if (word === 'k') return 'known';
    if (word === 'm') return 'passed';
    if (word === 'o') {
      const [, flags, other] = (await scripts.write(SCRIPTS.register, [bucket], [to, id])) as readonly [number, string, string?];
      if (flags === 'm') return 'passed';
      owner = other!;
    }
  }
  throw new ReeveError({
    kind: 'unavailable',
    code: 'STORE_BUSY',
    message: `enqueue: the id ${JSON.stringify(id)} was registered for ${JSON.stringify(owner)} a moment ago and is not there yet; ask again in a minute`,
  });
};

/** @returns those that are no longer registered for this labourer */
export const unregister = async (parts: Parts, labourer: string, ids: readonly string[]): Promise<readonly string[]> => {
  const groups = [...groupBy(ids, bucketOf)].map(async ([bucket, group]) => {
    const answer = await parts.scripts.write(SCRIPTS.unregister, keysWith(parts, bucket, labourer), [labourer, ageOf(parts), ...group]);
    return group.filter((_, n) => (answer as readonly number[])[n] === 1);
  });
  return (await Promise.all(groups)).flat();
};
