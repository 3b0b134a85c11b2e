import type { Delivery, Report } from '@reeve/core';
import { ReeveError } from '@reeve/core';
import { CREDENTIALS_REMEDY, REGION_REMEDY } from '../client/check-client.ts';
import { neverSent } from '../client/connections.ts';
import { Stopped } from '../client/one-request.ts';

export interface FailureFacts {
  /** The function that was asked for, as the labourer's target names it. */
  readonly target: string;
  /** False: nothing has left this process for Lambda, and nothing will. */
  readonly handedOver: boolean;
}

/**
 * What a failed Invoke means for the attempt.
 * - Never left this process, or Lambda said no with a 4xx: it did not start. Refused, or, where the event itself is at fault and
 *   would be at every attempt, failed for good.
 * - All else (no answer, an answer cut off, a 5xx): Lambda may have taken the event.
 *
 * An answer is not quoted where it may hold a piece of the event.
 * @throws ReeveError INVOKE_UNKNOWN
 */
export const judgeFailure = (error: unknown, { target, handedOver }: FailureFacts): Delivery => {
  const parts = partsOf(error);
  const { name, code, status } = parts;
  // Asked first: until then a status is that of somebody else, such as the service that gives out credentials.
  if (!handedOver || (status === undefined && neverSent(error))) return refused(notSentReason(parts, target));
  if (status !== undefined && saysNo(status)) return saidNo(error, { ...parts, status, target });
  const known = error instanceof Stopped ? error.message : (code ?? name);
  const answer = status === undefined ? known : `${known}, status ${status}`;
  throw unknown(target, answer, error);
};

export const unknown = (target: string, why: string, cause?: unknown): ReeveError =>
  new ReeveError({
    kind: 'unavailable',
    code: 'INVOKE_UNKNOWN',
    message: `It is not known whether Lambda took the event for ${target} (${why}); if no worker reports, the lease runs out`,
    cause,
  });

/** 408: a server or a proxy tired of waiting, and nobody knows for which part. 410: a function lost its file system, maybe midway. */
const UNDECIDED: ReadonlySet<number> = new Set([408, 410]);

const saysNo = (status: number): boolean => status >= 400 && status < 500 && !UNDECIDED.has(status);

interface ErrorParts {
  readonly name: string;
  /** As Node has it: ECONNRESET. */
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly message: string;
}

const saidNo = (
  error: unknown,
  { name, status, message, target }: ErrorParts & { readonly status: number; readonly target: string },
): Delivery => {
  if (status === 429 || THROTTLED.has(name)) return throttled(error, target);
  if (status === 413 || TOO_LARGE.has(name)) return failed(`Lambda found the event for ${target} too large (${name})`);
  if (BAD_EVENT.has(name)) return failed(`Lambda could not read the event for ${target} (${name})`);
  if (status === 404) return refused(`there is no function ${target} (${message}); correct the labourer's target, or deploy the function`);
  if (status === 403) {
    return refused(
      `Lambda denied lambda:InvokeFunction on ${target} (${name}: ${message}); allow it in the policy of this role, or mend the credentials`,
    );
  }
  return refused(`Lambda refused to invoke ${target} (${name}, status ${status}: ${message})`);
};

const THROTTLED: ReadonlySet<string> = new Set(['TooManyRequestsException', 'ThrottlingException', 'Throttling', 'RequestLimitExceeded']);
const TOO_LARGE: ReadonlySet<string> = new Set([
  'RequestTooLargeException',
  'RequestEntityTooLargeException',
  'SerializedRequestEntityTooLargeException',
]);
/** Not a wrong parameter (InvalidParameterValueException), which is the labourer's fault and must not cost its tasks. */
const BAD_EVENT: ReadonlySet<string> = new Set(['InvalidRequestContentException', 'SerializationException']);
const NO_CREDENTIALS: ReadonlySet<string> = new Set(['CredentialsProviderError', 'TokenProviderError']);

const throttled = (error: unknown, target: string): Delivery => {
  const { retryAfterSeconds, Reason: why } = error as { readonly retryAfterSeconds?: unknown; readonly Reason?: unknown };
  const seconds = Number(retryAfterSeconds ?? Number.NaN);
  return {
    kind: 'refused',
    reason: `Lambda throttled ${target}${typeof why === 'string' ? ` (${why})` : ''}`,
    ...(Number.isFinite(seconds) && seconds > 0 && { retryAfter: seconds * 1_000 }),
  };
};

const notSentReason = ({ name, message }: ErrorParts, target: string): string => {
  if (NO_CREDENTIALS.has(name)) return `no AWS credentials were found (${message}); ${CREDENTIALS_REMEDY}`;
  if (/region is missing/i.test(message)) return `no AWS region is set; ${REGION_REMEDY}`;
  return `nothing was sent for ${target} (${name}: ${message})`;
};

const refused = (reason: string): Delivery => ({ kind: 'refused', reason });

/** A report in the worker's place: no attempt of this task can get through. */
export const failed = (error: string): Delivery => ({
  kind: 'finished',
  report: { kind: 'failed', error, retryable: false } satisfies Report,
});

const partsOf = (error: unknown): ErrorParts => {
  if (!(error instanceof Error)) return { name: 'Error', code: undefined, status: undefined, message: String(error) };
  const { $metadata, code: given } = error as { readonly $metadata?: { readonly httpStatusCode?: number }; readonly code?: unknown };
  const code = typeof given === 'string' ? given : undefined;
  // The engine quotes a text that it cannot parse, and who answers with a page may repeat in it what it was sent.
  if (error instanceof SyntaxError)
    return { name: 'SyntaxError', code, status: $metadata?.httpStatusCode, message: 'the answer is not JSON' };
  // Node gathers the failures of several addresses in one error without a message of its own.
  return { name: error.name, code, status: $metadata?.httpStatusCode, message: firstLine(error.message) || (code ?? error.name) };
};

/** A signature that does not fit is answered with all that was signed, session token included, on the lines below. */
const firstLine = (text: string): string => (/^.{0,300}/.exec(text)?.[0] ?? '').trim();
