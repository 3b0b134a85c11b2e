/** A record as Lambda sends it to a destination of a function: each member is whatever came, and may be absent. */
export interface DestinationRecord {
  /** `Success`, `RetriesExhausted`, `EventAgeExceeded`, or what Lambda may say one day. */
  readonly condition: string;
  readonly requestPayload?: unknown;
  readonly responsePayload?: unknown;
  /** `Unhandled`, or what else Lambda calls it. */
  readonly functionError?: unknown;
}

/** The way by SQS, SNS and EventBridge, one after the other, takes seven steps; what lies deeper was made up to keep us busy. */
const MOST_STEPS = 8;

/**
 * The records in an event, in their order: one that Lambda handed to a function itself, or those that came by SQS, SNS or EventBridge, or
 * by one of them after another, such as a queue that is subscribed to a topic. What is none is passed over.
 */
export const recordsIn = (event: unknown, steps: number = MOST_STEPS): readonly DestinationRecord[] => {
  if (steps === 0) return [];
  const inside = (part: unknown): readonly DestinationRecord[] => recordsIn(part, steps - 1);
  if (typeof event === 'string') return inside(parsed(event));
  if (Array.isArray(event)) return event.flatMap(inside);
  const record = recordOf(event);
  if (record) return [record];
  // What SQS and SNS hand to a function; a message of SQS; one of SNS; the same as a queue has it; an event of EventBridge.
  const { Records: records, body, Sns: sns, Message: message, detail } = members(event);
  return inside(records ?? body ?? sns ?? message ?? detail);
};

const recordOf = (value: unknown): DestinationRecord | undefined => {
  const { requestContext, requestPayload, responseContext, responsePayload } = members(value);
  const { condition } = members(requestContext);
  // A request of API Gateway has a context as well, and an event of a stream is no task of ours: it carries no payload.
  if (typeof condition !== 'string' || requestPayload === undefined) return undefined;
  return { condition, requestPayload, responsePayload, functionError: members(responseContext)['functionError'] };
};

/** What an object has by name. Of what is none: nothing. */
export const members = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
