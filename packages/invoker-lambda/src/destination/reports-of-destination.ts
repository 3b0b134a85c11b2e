import { type AttemptRef, boundText, encodeJson, ReeveError, type WorkerMessage } from '@reeve/core';
import { BESIDE_MEMBER } from '../message/beside.ts';
import { functionFailure } from '../outcome/function-error.ts';
import { type DestinationRecord, members, recordsIn } from './records.ts';

export interface DestinationOptions {
  /** The longest result, in bytes of UTF-8: a longer one is reported as a failure. As the Assistant's own limit: 256 KiB. */
  readonly maxResultBytes?: number;
}

/**
 * What the records of Lambda's asynchronous destinations say of attempts, for the Assistant: how workers report that know nothing of
 * Reeve. Records come as Lambda hands them to a function, or by SQS, SNS or EventBridge, one or many, and are read in their order.
 *
 * A record names the attempt by what was sent: the member `_reeve` of the form `beside`, or `reeve` of the envelope. What is no record, or
 * one of an event that Reeve did not send, is passed over. A forged record has no more power than its token: the store compares that.
 */
export const reportsOfDestination = (event: unknown, options: DestinationOptions = {}): readonly WorkerMessage[] =>
  recordsIn(event).flatMap((record) => reportOf(record, options) ?? []);

/** As `reportsOfDestination`, for an event with one record; `undefined` if there is none. */
export const reportOfDestination = (event: unknown, options: DestinationOptions = {}): WorkerMessage | undefined =>
  reportsOfDestination(event, options)[0];

/** Whether an event has such records, be they of Reeve's attempts or not. */
export const isDestinationEvent = (event: unknown): boolean => recordsIn(event).length > 0;

const reportOf = (record: DestinationRecord, { maxResultBytes = 256 * 1024 }: DestinationOptions): WorkerMessage | undefined => {
  const attempt = attemptOf(record.requestPayload);
  if (!attempt) return undefined;
  if (record.condition !== 'Success') return { reeve: 'failed', attempt, ...failureOf(record) };
  const { responsePayload: result } = record;
  if (result === undefined) return { reeve: 'done', attempt };
  try {
    encodeJson(result, { what: 'result', maxBytes: maxResultBytes });
    return { reeve: 'done', attempt, result };
  } catch (error) {
    // The Assistant would not take it, the record would come again and again, and each further attempt would end the same.
    if (!ReeveError.is(error)) throw error;
    return { reeve: 'failed', attempt, error: error.message, retryable: false };
  }
};

/** `_reeve` first: where it is, it is the attempt's own, whatever a payload has beside it. The envelope has just two members. */
const attemptOf = (requestPayload: unknown): AttemptRef | undefined => {
  const sent = members(requestPayload);
  const isEnvelope = Object.keys(sent).length === 2 && 'payload' in sent;
  const { labourer, id, token } = members(sent[BESIDE_MEMBER] ?? (isEnvelope ? sent['reeve'] : undefined));
  if (typeof labourer !== 'string' || typeof id !== 'string' || typeof token !== 'string') return undefined;
  return { labourer, id, token };
};

type FailedReport = Omit<Extract<WorkerMessage, { readonly reeve: 'failed' }>, 'reeve' | 'attempt'>;

const failureOf = ({ condition, responsePayload, functionError }: DestinationRecord): FailedReport => {
  // Lambda held the event back until it was too old, or gave it up. That it never ran the record does not say for certain, so the
  // attempt counts.
  if (functionError === undefined && responsePayload === undefined) {
    const why = condition === 'EventAgeExceeded' ? 'the event was too old before Lambda ran it' : 'Lambda gave the event up';
    return { error: `${boundText(condition, 100)}: ${why}` };
  }
  const { error, retryable } = functionFailure(responsePayload, functionError);
  // The function's own error first, so that the labourer's rules for errors see its name.
  const whole = condition === 'RetriesExhausted' ? error : boundText(`${error} (${boundText(condition, 100)})`);
  return { error: whole, ...(retryable === false && { retryable }) };
};
