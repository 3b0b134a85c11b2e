/**
 * The errors of a task's attempts: a list in its row. A verdict adds to it without having read the row, so it cannot tell which attempt
 * that was; whoever touches the row next, and has read it, writes the number to the last of the list.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type AttemptError, boundText, type EpochMs, MOST_ERRORS } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import { OURS } from './attributes.ts';

/** @param attempt left out by whoever does not know it: the latest */
export const errorItem = (error: string, at: EpochMs, attempt?: number): AttributeValue => ({
  M: { e: { S: error }, t: { N: String(at) }, ...(attempt !== undefined && { n: { N: String(attempt) } }) },
});

/** @param latest the attempt that one without a number was made in */
export const errorsOf = (row: Row, latest: number): readonly AttemptError[] =>
  (row[OURS.errors]?.L ?? [])
    .slice(-MOST_ERRORS)
    .map(({ M = {} }) => ({
      attempt: M['n']?.N === undefined ? latest : Number(M['n'].N),
      at: Number(M['t']?.N ?? 0),
      error: M['e']?.S ?? '',
    }));

/** The list as it is to be before another attempt begins: each with its number, and no more than are kept. Absent: there is none. */
export const numbered = (row: Row, latest: number): AttributeValue | undefined => {
  const errors = errorsOf(row, latest);
  return errors.length === 0 ? undefined : { L: errors.map(({ error, at, attempt }) => errorItem(error, at, attempt)) };
};

/** For a row that is nearly full: the last one, cut to so many characters. */
export const lastOnly = (row: Row, latest: number, most: number): AttributeValue | undefined => {
  const last = errorsOf(row, latest).at(-1);
  return last && { L: [errorItem(boundText(last.error, most), last.at, last.attempt)] };
};

/** The last error, of an earlier version as well. */
export const lastErrorOf = (row: Row): string | undefined => row[OURS.errors]?.L?.at(-1)?.M?.['e']?.S ?? row[OURS.error]?.S;
