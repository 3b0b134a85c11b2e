/**
 * The texts that are stored. Instants take 15 digits, counts 10 and sequence numbers 11 (hexadecimal), so that Lua and JavaScript
 * find each at a fixed place and nothing has to be parsed, escaped or written anew:
 *
 * task     created(15) due(15) sequence(11) payload
 *          X created(14) due(15) sequence(11) priority(1) expiry(15) more(1) payload         if more is known of it (lua/marked.ts); before the
 *          payload the key and LF, if there is one
 * lease    deadline(15) claimed(15) attempt(10) due(15) sequence(11) token, and LF and the key if there is one
 *          due and sequence are dashes if the task was not tried before: its record has them, and all leases of a claim are one text
 *          the first digit of the attempt is "p" or "k" if the task's record begins with X, and "x" if the task is to be cancelled
 * back     attempts(10) due(15) verdict(1) failed(1) token LF error        of a task that is queued again
 *          "1" and an error are of the first layout; now errors are among the notes
 * ended    kind(1) shift(1) attempts(9) ended(15) token LF body             kind: c completed, d dead, x cancelled, p dropped, a set aside
 *          shift: how much later than it was, since an end comes after the one before; of a dropped one the body is the letter of its last verdict
 * notes    "e" and the id: errors, a line each: attempt(10) at(15) error, with LF and backslash written as in a string
 *          "f" and the id: what follows    "l" and the id: see lua/forget.ts
 */
import type { NewTask, Verdict } from '@reeve/core';
import { NO_EXPIRY } from './lua/marked.ts';

const LETTERS = { completed: 'c', retry: 'r', dead: 'd', released: 'l' } as const;

export const letterOf = (verdict: Verdict): string => LETTERS[verdict.kind];

const instant = (at: number): string => String(Math.ceil(at)).padStart(15, '0');

/** What a verdict carries, for the script. Of `completed` it is the body that is kept: lengths of result and statistics, then both. */
export const bodyOf = (verdict: Verdict): string => {
  switch (verdict.kind) {
    case 'completed': {
      const { result, stats } = verdict;
      if (result === undefined && stats === undefined) return '';
      return `${result?.length ?? ''},${stats?.length ?? ''};${result ?? ''}${stats ?? ''}`;
    }
    case 'retry':
      return `${instant(verdict.after)}${verdict.error}`;
    case 'dead':
      return verdict.error;
    case 'released':
      return verdict.after === undefined ? '' : instant(verdict.after);
  }
};

/** More is known of it than a due time. */
export const isMarked = ({ priority = 0, expiresAt, follow, key }: NewTask): boolean =>
  priority > 0 || expiresAt !== undefined || follow !== undefined || key !== undefined;

/** What its record has more; "" for nothing. */
export const marksOf = (task: NewTask): string => {
  const { priority = 0, expiresAt, follow, key } = task;
  if (!isMarked(task)) return '';
  const more = (follow === undefined ? 0 : 1) + (key === undefined ? 0 : 2);
  return `${priority}${expiresAt === undefined ? NO_EXPIRY : instant(expiresAt)}${more}${key === undefined ? '' : `${key}\n`}`;
};
