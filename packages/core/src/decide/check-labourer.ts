import { ReeveError } from '../errors.ts';

/** The names of those that there are: a set of them, or a map by them. */
type Known = Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'>;

/**
 * @param place what comes before "labourer" in messages: "keys[3]."
 * @throws ReeveError UNKNOWN_LABOURER
 */
export const checkLabourer = (labourer: unknown, known: Known, place: string = ''): string => {
  if (typeof labourer === 'string' && known.has(labourer)) return labourer;
  const shown = typeof labourer === 'string' ? JSON.stringify(labourer.slice(0, 128)) : labourer === null ? 'null' : typeof labourer;
  const message = `${place}labourer: there is no labourer ${shown} here; known are ${[...known.keys()].join(', ')}`;
  throw new ReeveError({ kind: 'input', code: 'UNKNOWN_LABOURER', message });
};
