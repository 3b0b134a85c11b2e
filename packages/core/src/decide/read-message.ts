import type { JsonText } from '../domain/json.ts';
import type { ArrivedAttempt } from '../domain/message.ts';
import type { Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import { checkRef } from './check-ref.ts';
import { type OpenedMessage, openMessage } from './open-message.ts';
import { textProblem } from './text-problem.ts';

/** A message of a worker, each member of it checked; result and statistics are the texts to keep. */
export type ReadMessage = { readonly attempt: ArrivedAttempt } & (
  | { readonly reeve: 'start'; readonly delivery: string }
  | { readonly reeve: 'heartbeat' }
  | { readonly reeve: 'done'; readonly result?: JsonText; readonly stats?: JsonText }
  | { readonly reeve: 'failed'; readonly error: string; readonly retryable?: boolean; readonly retryAfter?: Millis }
);

const LONGEST_DELIVERY = 64;

/**
 * Reads what a worker sent, which is input from outside: an object, or its JSON text, of which result and statistics keep every digit.
 * Members that are not known are left alone, and `null` is none where a member may be absent: other languages send it so.
 * @param maxBytes the longest result or statistics text, in bytes of UTF-8
 * @throws ReeveError INVALID_MESSAGE, INVALID_ATTEMPT, PAYLOAD_NOT_JSON, PAYLOAD_TOO_DEEP, PAYLOAD_TOO_LARGE; no message has the content
 */
export const readMessage = (message: unknown, maxBytes: number): ReadMessage => {
  const opened = openMessage(message, maxBytes);
  const { members } = opened;
  const { reeve } = members;
  if (reeve !== 'start' && reeve !== 'heartbeat' && reeve !== 'done' && reeve !== 'failed')
    throw invalid('reeve', `${shown(reeve)} is no message; give "start", "heartbeat", "done" or "failed"`);
  const attempt = readAttempt(members['attempt']);
  switch (reeve) {
    case 'start':
      return { reeve, attempt, delivery: checkDelivery(members['delivery']) };
    case 'heartbeat':
      return { reeve, attempt };
    case 'done':
      return { reeve, attempt, ...outcomeOf(opened) };
    case 'failed':
      return { reeve, attempt, ...failureOf(members) };
  }
};

/** @throws ReeveError INVALID_MESSAGE */
export const checkDelivery = (delivery: unknown): string => {
  const problem = textProblem(delivery, LONGEST_DELIVERY);
  if (problem === undefined) return delivery as string;
  throw invalid(
    'delivery',
    `${problem}; give 1 to ${LONGEST_DELIVERY} characters without control characters, new for each delivery, such as a UUID`,
  );
};

const readAttempt = (value: unknown): ArrivedAttempt => {
  const { labourer, id, token } = checkRef(value);
  const { deadline } = value as { readonly deadline?: unknown };
  if (deadline === undefined || deadline === null) return { labourer, id, token };
  if (typeof deadline === 'number' && Number.isFinite(deadline)) return { labourer, id, token, deadline };
  throw invalid('attempt.deadline', `${shown(deadline)} is no instant; send it back as it came, or leave it out`);
};

const outcomeOf = ({ text }: OpenedMessage): { readonly result?: JsonText; readonly stats?: JsonText } => {
  const [result, stats] = [text('result'), text('stats')];
  return { ...(result !== undefined && { result }), ...(stats !== undefined && { stats }) };
};

const failureOf = ({
  error,
  retryable,
  retryAfter,
}: OpenedMessage['members']): Omit<Extract<ReadMessage, { readonly reeve: 'failed' }>, 'reeve' | 'attempt'> => {
  if (typeof error !== 'string') throw invalid('error', `${shown(error)} is no text; say in one what went wrong`);
  if (retryable !== undefined && retryable !== null && typeof retryable !== 'boolean')
    throw invalid('retryable', `${shown(retryable)}; give true or false, or leave it out`);
  if (retryAfter !== undefined && retryAfter !== null && !(typeof retryAfter === 'number' && retryAfter >= 0 && retryAfter < Infinity))
    throw invalid('retryAfter', `${shown(retryAfter)} is no length of time; give milliseconds, 0 or more, or leave it out`);
  return { error, ...(typeof retryable === 'boolean' && { retryable }), ...(typeof retryAfter === 'number' && { retryAfter }) };
};

/** Numbers as they are, and texts only as far as a name goes: a member may hold anything. */
const shown = (value: unknown): string => {
  if (typeof value === 'string') return value.length > 20 ? `a text of ${value.length} characters` : JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return value === undefined ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
};

const invalid = (field: string, problem: string): ReeveError =>
  new ReeveError({ kind: 'input', code: 'INVALID_MESSAGE', message: `${field}: ${problem}` });
