import { hash } from 'node:crypto';
import type { Membership } from '../domain/follow.ts';
import type { JsonText } from '../domain/json.ts';
import { MOST_URGENT, type NewTask } from '../domain/task.ts';
import { ReeveError } from '../errors.ts';
import type { End } from '../ports/outbox.ts';
import { ENDS, FOLLOW_VERSION, type KeptFollow, type KeptFollowUp, type OnEnd } from './write-follow.ts';

export interface Following {
  readonly tasks: readonly NewTask[];
  readonly batch?: Membership;
}

/**
 * What is to be done for one end. The same end gives the same, id for id: whoever does it after a crash, or at the same time, adds nothing.
 * @param maxBytes the longest payload that the store takes
 * @throws ReeveError FOLLOW_UNREADABLE
 */
export const followingOf = (end: End, maxBytes: number): Following => {
  const { next = [], batch } = readFollow(end.follow);
  const tasks = next.flatMap((each, n) => (waitsFor(each.on, end.state) ? [taskOf(end, each, n, maxBytes)] : []));
  return { tasks, ...(batch && { batch }) };
};

/** An id that follows from what it is made of, and from nothing else. */
export const derivedId = (kind: string, ...of: readonly (string | number)[]): string => `${kind}-${digestOf(...of).slice(0, 32)}`;

/** 43 letters, digits, `-` and `_`. */
export const digestOf = (...of: readonly (string | number)[]): string => hash('sha256', JSON.stringify(of), 'base64url');

const waitsFor = (on: OnEnd, state: End['state']): boolean =>
  on === 'onEnded' || (on === 'onCompleted' && state === 'completed') || (on === 'onDead' && state === 'dead');

const taskOf = (end: End, up: KeptFollowUp, index: number, maxBytes: number): NewTask => {
  const { labourer, id, priority, delay, expireAfter, follow } = up;
  // On the store's clock, as the end is: however late this is done, and by whoever, it is the same instant.
  const due = end.endedAt + (delay ?? 0);
  return {
    labourer,
    id: id ?? derivedId('follow', end.labourer, end.id, end.endedAt, index),
    payload: payloadOf(end, up, maxBytes),
    ...(delay !== undefined && { due }),
    ...(priority !== undefined && { priority }),
    ...(expireAfter !== undefined && { expiresAt: due + expireAfter }),
    ...(follow && { follow: JSON.stringify(follow) as JsonText }),
  };
};

/**
 * The result goes in as the text that it is: its digits and its order of keys are the worker's own. One that makes the payload too long
 * for the store is left out, and `resultLeftOut` says so: the task is there to be read by whoever needs it.
 */
const payloadOf = ({ labourer, id, state, result }: End, { payload, pass }: KeptFollowUp, maxBytes: number): JsonText => {
  if (!pass) return (payload === undefined ? '{}' : JSON.stringify(payload)) as JsonText;
  const withParent = (last: string): string => {
    const parent = `${JSON.stringify({ labourer, id, state }).slice(0, -1)}${last}}`;
    return `{"parent":${parent}${payload === undefined ? '' : `,"payload":${JSON.stringify(payload)}`}}`;
  };
  const whole = withParent(result === undefined ? '' : `,"result":${result}`);
  return (result === undefined || Buffer.byteLength(whole) <= maxBytes ? whole : withParent(',"resultLeftOut":true')) as JsonText;
};

const readFollow = (text: string): KeptFollow => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable('it is not JSON');
  }
  const { v, next, batch } = membersOf(value);
  if (v !== FOLLOW_VERSION) throw unreadable(`its version is ${show(v)}, and this one reads ${FOLLOW_VERSION}`);
  if (next !== undefined && !(Array.isArray(next) && next.every(isFollowUp))) throw unreadable('a follow-up in it lacks what it must have');
  if (batch !== undefined && !isMembership(batch)) throw unreadable('the batch in it lacks what it must have');
  return value as KeptFollow;
};

/** What would else be enqueued as something that it is not, or fail the whole call. */
const isFollowUp = (value: unknown): value is KeptFollowUp => {
  const { on, labourer, id, priority, delay, expireAfter } = membersOf(value);
  const isNumber = (part: unknown): boolean => part === undefined || (typeof part === 'number' && Number.isSafeInteger(part) && part >= 0);
  return (
    ENDS.some((each) => each === on) &&
    typeof labourer === 'string' &&
    labourer.length > 0 &&
    (id === undefined || typeof id === 'string') &&
    [priority, delay, expireAfter].every(isNumber) &&
    (priority === undefined || (priority as number) <= MOST_URGENT)
  );
};

const isMembership = (value: unknown): value is Membership => {
  const { id, index } = membersOf(value);
  return typeof id === 'string' && id.length > 0 && Number.isSafeInteger(index) && (index as number) >= 0;
};

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

const show = (value: unknown): string => (typeof value === 'number' ? String(value) : typeof value);

const unreadable = (problem: string): ReeveError =>
  new ReeveError({
    kind: 'contract',
    code: 'FOLLOW_UNREADABLE',
    message: `what follows this task cannot be read: ${problem}; enqueue by hand what should have followed`,
  });
