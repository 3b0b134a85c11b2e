import { ReeveError } from '@reeve/core';
import { isDestinationEvent } from '@reeve/invoker-lambda';

export type Members = Readonly<Record<string, unknown>>;

/** What an event of the Assistant is. */
export type Arrived =
  | { readonly kind: 'message'; readonly message: unknown }
  /** A report of one of sosw's workers. */
  | { readonly kind: 'mark'; readonly mark: Members }
  | { readonly kind: 'destination'; readonly event: unknown }
  /** Messages of SQS, each of which is an event by itself. */
  | { readonly kind: 'queued'; readonly records: readonly Queued[] }
  | { readonly kind: 'many'; readonly events: readonly unknown[] }
  | { readonly kind: 'http'; readonly event: Members };

export interface Queued {
  readonly messageId: string;
  readonly body: unknown;
}

/** @throws ReeveError UNKNOWN_EVENT, which says what it was, as far as that is no payload */
export const kindOf = (event: unknown): Arrived => {
  const arrived = read(event);
  if (arrived) return arrived;
  throw unknownEvent(
    event,
    'give a message of a worker, a list of them, a report as sosw has them, a record of a destination of Lambda, or an HTTP request',
  );
};

export const unknownEvent = (event: unknown, remedy: string): ReeveError =>
  new ReeveError({ kind: 'input', code: 'UNKNOWN_EVENT', message: `The event is ${shapeOf(event)}; ${remedy}` });

const read = (event: unknown): Arrived | undefined => {
  if (Array.isArray(event)) return { kind: 'many', events: event };
  // A worker may send the text of a message, so that its digits survive: Lambda's runtime parses what is not within one.
  if (typeof event === 'string') return event.trimStart().startsWith('{') ? { kind: 'message', message: event } : undefined;
  const members = membersOf(event);
  const records = queuedIn(members['Records']);
  if (records) return { kind: 'queued', records };
  const published = publishedIn(members['Records']);
  if (published) return { kind: 'many', events: published };
  if (isDestinationEvent(event)) return { kind: 'destination', event };
  if ('reeve' in members) return { kind: 'message', message: event };
  const carried = carriedIn(members);
  if (carried !== undefined) return { kind: 'many', events: [carried] };
  if (typeof members['action'] === 'string') return { kind: 'mark', mark: members };
  return isHttp(members) ? { kind: 'http', event: members } : undefined;
};

export const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};

const queuedIn = (records: unknown): readonly Queued[] | undefined =>
  allOf(records, (record) => {
    const { messageId, body } = record;
    return typeof messageId === 'string' && typeof body === 'string' ? { messageId, body: opened(body) } : undefined;
  });

const publishedIn = (records: unknown): readonly unknown[] | undefined =>
  allOf(records, ({ Sns: sns }) => {
    const { Message: message } = membersOf(sns);
    return typeof message === 'string' ? opened(message) : undefined;
  });

/** A topic's message as a queue has it, and an event of EventBridge. */
const carriedIn = ({ Type: type, Message: message, 'detail-type': detailType, detail }: Members): unknown => {
  if (type === 'Notification' && typeof message === 'string') return opened(message);
  return typeof detailType === 'string' && typeof detail === 'object' && detail !== null ? detail : undefined;
};

const allOf = <Read>(records: unknown, one: (record: Members) => Read | undefined): readonly Read[] | undefined => {
  if (!Array.isArray(records) || records.length === 0) return undefined;
  const all = records.map((each: unknown) => one(membersOf(each)));
  return all.every((each) => each !== undefined) ? all : undefined;
};

/** What a queue or a topic carried: a message stays the text it is, and anything else is the event that it holds. */
const opened = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text);
    return 'reeve' in membersOf(value) && !isDestinationEvent(value) ? text : value;
  } catch {
    return text;
  }
};

const isHttp = (members: Members): boolean =>
  typeof members['httpMethod'] === 'string' || typeof membersOf(membersOf(members['requestContext'])['http'])['method'] === 'string';

const MOST_NAMES = 5;
const LONGEST_NAME = 30;

/** The names of members say what a thing is, and their values what it holds: only the first are told. */
const shapeOf = (event: unknown): string => {
  if (event === null || event === undefined) return String(event);
  if (typeof event !== 'object') return typeof event === 'string' ? `a text of ${event.length} characters` : `a ${typeof event}`;
  const names = Object.keys(event);
  if (names.length === 0) return 'an object without members';
  const told = names.slice(0, MOST_NAMES).map((each) => (each.length > LONGEST_NAME ? `${each.slice(0, LONGEST_NAME)}…` : each));
  return `an object with the members ${told.join(', ')}${names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : ''}`;
};
