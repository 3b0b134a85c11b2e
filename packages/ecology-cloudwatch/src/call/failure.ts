import { CREDENTIALS_REMEDY, REGION_REMEDY } from '../client/remedies.ts';
import { TooLong } from './too-long.ts';

/**
 * Why a call failed.
 * - `throttled`  CloudWatch is asked too often
 * - `refused`    something in the call is wrong, and all of it is refused for that
 * - `lost`       the connection broke before an answer; one that was kept too long does so at once
 * - `other`      all else
 */
export interface Failure {
  readonly kind: 'throttled' | 'refused' | 'lost' | 'other';
  /** For people, with the remedy. */
  readonly error: Error;
}

const THROTTLED: ReadonlySet<string> = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
]);
const REFUSED =
  /^(?:Validation(?:Error|Exception)|(?:InvalidParameter(?:Value|Combination)|MissingRequiredParameter|MissingParameter|InvalidFormat)(?:Exception|Fault)?)$/;
const LOST: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);
const NO_CREDENTIALS: ReadonlySet<string> = new Set(['CredentialsProviderError', 'TokenProviderError']);

export const failureOf = (cause: unknown): Failure => {
  const { name, code, status, message } = partsOf(cause);
  const because = (text: string): Error => new Error(text, { cause });
  if (status === 429 || THROTTLED.has(name)) {
    return { kind: 'throttled', error: because(`CloudWatch throttles GetMetricData (${message}); ask less often, with a longer "every"`) };
  }
  if (status !== undefined && status < 500 && REFUSED.test(name)) {
    return { kind: 'refused', error: because(`CloudWatch refuses the query (${name}: ${message})`) };
  }
  if (status === 401 || status === 403) {
    return {
      kind: 'other',
      error: because(`CloudWatch denied GetMetricData (${name}: ${message}); allow cloudwatch:GetMetricData, or mend the credentials`),
    };
  }
  if (cause instanceof TooLong) return { kind: 'other', error: cause };
  if (NO_CREDENTIALS.has(name))
    return { kind: 'other', error: because(`no AWS credentials were found (${message}); ${CREDENTIALS_REMEDY}`) };
  if (/region is missing/i.test(message)) return { kind: 'other', error: because(`no AWS region is set; ${REGION_REMEDY}`) };
  const isLost = status === undefined && code !== undefined && LOST.has(code);
  const answer = status === undefined ? '' : `, status ${status}`;
  return { kind: isLost ? 'lost' : 'other', error: because(`CloudWatch could not be read (${code ?? name}${answer}: ${message})`) };
};

interface Parts {
  readonly name: string;
  /** As Node has it: ECONNRESET. */
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly message: string;
}

const partsOf = (error: unknown): Parts => {
  if (!(error instanceof Error)) return { name: 'Error', code: undefined, status: undefined, message: String(error).slice(0, 300) };
  const { $metadata, code } = error as { readonly $metadata?: { readonly httpStatusCode?: number }; readonly code?: unknown };
  const status = $metadata?.httpStatusCode;
  // An answer that is no JSON may hold anything.
  const message = error instanceof SyntaxError ? 'the answer is not JSON' : firstLine(error.message);
  return { name: error.name, code: typeof code === 'string' ? code : undefined, status, message: message || error.name };
};

/** A signature that does not fit is answered with all that was signed, session token included, on the lines below. */
const firstLine = (text: string): string => (/^.{0,300}/.exec(text)?.[0] ?? '').trim();
