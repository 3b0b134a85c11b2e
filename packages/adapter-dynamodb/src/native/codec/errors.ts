/**
 * The errors of a task. Those of its attempts are two attributes of the home each: the text, with its instant, and the number of the
 * attempt. Their names end with the token of the attempt, so that a verdict is written without a read before it: DynamoDB copies the
 * number from the home itself. Whoever reads a home before it writes it (a burial, a redrive) gathers them into one list.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type AttemptError, type EpochMs, MOST_ERRORS } from '@reeve/core';
import type { Change } from '../../client/expression.ts';
import type { Row } from '../../client/requests.ts';
import { digits, instantIn } from './home-key.ts';
import { endedAtOf, HOME, stateOf } from './home-row.ts';

const TEXT = '!';
const NUMBER = '?';
/** The width of the instant. */
const AT = digits(0).length;
/** So many more than are kept stay with a home before some are taken away: not every failure is to cost one more write. */
const SPARE = 5;

interface Loose extends AttemptError {
  readonly token: string;
}

/** What the verdict of an attempt writes. */
export const errorChange = (token: string, error: string, at: EpochMs): Required<Pick<Change, 'set' | 'copy'>> => ({
  set: { [TEXT + token]: { S: digits(at) + error } },
  copy: { [NUMBER + token]: HOME.attempts },
});

/** By their attempts, and not by their instants: the clocks of two processes may differ. */
const looseIn = (row: Row): readonly Loose[] =>
  Object.entries(row)
    .filter(([name]) => name.startsWith(TEXT))
    .map(([name, { S = '' }]) => {
      const token = name.slice(TEXT.length);
      return { token, attempt: Number(row[NUMBER + token]?.N ?? 0), at: instantIn(S), error: S.slice(AT) };
    })
    .sort((a, b) => a.attempt - b.attempt);

const gatheredIn = (row: Row): readonly AttemptError[] =>
  (row[HOME.errors]?.L ?? []).map(({ S = '' }) => {
    const [attempt = ''] = S.slice(AT).split(' ', 1);
    return { attempt: Number(attempt), at: instantIn(S), error: S.slice(AT + attempt.length + 1) };
  });

/** The oldest first, no more than are kept. */
export const errorsOf = (row: Row): readonly AttemptError[] => {
  const errors = [...gatheredIn(row), ...looseIn(row)];
  return [...formerOf(row, errors[0]), ...errors].slice(-MOST_ERRORS).map(({ attempt, at, error }) => ({ attempt, at, error }));
};

/**
 * Of a home that an earlier version wrote, only the text of the last error is known. Which attempt it was is counted back from
 * what came after it, and of its instant no more can be said than that it was not before the task was made.
 */
const formerOf = (row: Row, next: AttemptError | undefined): readonly AttemptError[] => {
  const error = row[HOME.error]?.S;
  if (error === undefined) return [];
  const attempts = Number(row[HOME.attempts]?.N ?? 0);
  const isLater = ['running', 'completed'].includes(stateOf(row) ?? '');
  const attempt = Math.max(1, next ? next.attempt - 1 : isLater ? attempts - 1 : attempts);
  return [{ attempt, at: stateOf(row) === 'dead' && !next ? endedAtOf(row) : Number(row[HOME.created]?.N ?? 0), error }];
};

/** As one list. */
export const gathered = (errors: readonly AttemptError[]): AttributeValue => ({
  L: errors.slice(-MOST_ERRORS).map(({ attempt, at, error }) => ({ S: `${digits(at)}${attempt} ${error}` })),
});

const namesOf = ({ token }: Loose): readonly string[] => [TEXT + token, NUMBER + token];

/** The attributes that errors take beside the list, as an earlier version's does. */
export const looseNames = (row: Row): readonly string[] => [...looseIn(row).flatMap(namesOf), ...(row[HOME.error] ? [HOME.error] : [])];

/** Those of errors that are kept no more, once there are some of them. */
export const surplusIn = (row: Row): readonly string[] => {
  const loose = looseIn(row);
  return loose.length < MOST_ERRORS + SPARE ? [] : loose.slice(0, -MOST_ERRORS).flatMap(namesOf);
};
