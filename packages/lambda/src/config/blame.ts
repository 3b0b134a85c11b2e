import { ReeveError } from '@reeve/core';
import type { Merged } from './merge.ts';
import type { Piece } from './piece.ts';

/** What the parts call their own settings, and where those stand in a configuration. */
const ALIASES: readonly (readonly [theirs: string, ours: string])[] = [
  ['dynamodbStore', 'store'],
  ['lambdaInvoker', 'invoker'],
  ['cloudwatchEcology', 'ecology.cloudwatch'],
  ['deadTasksToSns', 'alarms.deadTasks'],
];

/**
 * Says of each problem in a fault which source its value came from. A value that is secret is in none of them: what is wrong with it is
 * told without it.
 */
export const blame = (error: unknown, merged: Merged): unknown => {
  if (!ReeveError.is(error) || error.kind !== 'config') return error;
  const own = error.message.replace(` [${error.code}]`, '');
  const message = own
    .split('\n')
    .map((line) => withSource(line, merged))
    .join('\n');
  if (message === own) return error;
  // Not the error itself as a cause: its message may have what is secret.
  return new ReeveError({ kind: error.kind, code: error.code, message, ...(error.cause !== undefined && { cause: error.cause }) });
};

/** A name with other characters than a plain one's stands in quotes. */
const LINE = /^(?<indent>\s*)(?<path>[A-Za-z](?:[^\s:"]|"(?:[^"\\]|\\.)*")*): (?<problem>.*)$/;

const withSource = (line: string, merged: Merged): string => {
  const { indent = '', path = '', problem = '' } = LINE.exec(line)?.groups ?? {};
  const piece = path === '' ? undefined : pieceAt(ourPath(path), merged);
  if (!piece) return line;
  return `${indent}${path}: ${piece.isSecret ? 'its value, which is secret, cannot be used' : problem} (from ${piece.from})`;
};

const ourPath = (path: string): string => {
  const [theirs, ours] = ALIASES.find(([each]) => path === each || path.startsWith(`${each}.`)) ?? [];
  return theirs === undefined || ours === undefined ? path : ours + path.slice(theirs.length);
};

/** Who spoke last of this place, or else of the nearest around it. */
const pieceAt = (path: string, { origins }: Merged): Piece | undefined => {
  for (let place = path, wider = ''; place !== wider; place = wider) {
    const piece = origins.get(place);
    if (piece) return piece;
    wider = around(place);
  }
  return undefined;
};

const around = (path: string): string => path.replace(/(?:\.[^.[\]]+|\[[^[\]]*\]|^[^.[\]]+)$/, '');
