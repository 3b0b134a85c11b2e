import { createHash } from 'node:crypto';
import { DAY, type Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import { textProblem } from './text-problem.ts';

/** For so long there is to be one task of a labourer with this key. */
export interface Dedupe {
  /** What makes two tasks the same: 1 to 200 characters, none of them a control character. */
  readonly key: string;
  /** For how long from the first of them on, in milliseconds: up to 7 days. It is not made longer by those that follow. */
  readonly within: Millis;
  /** What becomes of those that follow: nothing, or their payload takes the place of the first's, if that was not started yet. Default 'keep'. */
  readonly onDuplicate?: 'keep' | 'replace';
}

/** A key as the register knows it. */
export interface DedupeKey {
  readonly name: string;
  readonly keep: Millis;
  readonly replaces: boolean;
}

const LONGEST_KEY = 200;
const LONGEST_WITHIN: Millis = 7 * DAY;
/** Of a register's name. */
const LONGEST_NAME = 256;

/**
 * @param place what comes before the field in messages: "items[3]."
 * @throws ReeveError INVALID_DEDUPE
 */
export const checkDedupe = (dedupe: unknown, labourer: string, place: string = ''): DedupeKey => {
  const fault = (field: string, problem: string): ReeveError =>
    new ReeveError({ kind: 'input', code: 'INVALID_DEDUPE', message: `${place}dedupe${field}: ${problem}` });
  if (typeof dedupe !== 'object' || dedupe === null) throw fault('', `${show(dedupe)} is none; give { key, within }`);
  const { key, within, onDuplicate = 'keep' }: { readonly [Member in keyof Dedupe]?: unknown } = dedupe;
  if (typeof key !== 'string' || textProblem(key, LONGEST_KEY) !== undefined)
    throw fault(
      '.key',
      `${show(key)} does not do; give 1 to ${LONGEST_KEY} characters without control characters, such as the hash of what is longer`,
    );
  if (typeof within !== 'number' || !(within > 0 && within <= LONGEST_WITHIN))
    throw fault('.within', `${show(within)} is no length of time; give milliseconds from 1 to ${LONGEST_WITHIN} (7 days)`);
  if (onDuplicate !== 'keep' && onDuplicate !== 'replace') throw fault('.onDuplicate', `${show(onDuplicate)}; give "keep" or "replace"`);
  return { name: entryName(labourer, key), keep: Math.ceil(within), replaces: onDuplicate === 'replace' };
};

/** No labourer has a colon in its name. A name that would be too long has the key's hash, under a heading of its own. */
const entryName = (labourer: string, key: string): string => {
  const name = `dedupe:${labourer}:${key}`;
  return name.length <= LONGEST_NAME ? name : `dedupe-sha256:${labourer}:${createHash('sha256').update(key).digest('hex')}`;
};

const show = (value: unknown): string => {
  if (typeof value === 'string')
    return value.length > LONGEST_KEY ? `a text of ${value.length} characters` : JSON.stringify(value.slice(0, 40));
  return typeof value === 'number' || value === null ? String(value) : typeof value;
};
