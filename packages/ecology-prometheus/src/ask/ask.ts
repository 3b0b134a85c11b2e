import { boundError, boundText, type Millis, type Sample } from '@reeve/core';
import { isSelector, withInstants } from '../query/selector.ts';
import { limited } from './limited.ts';
import { readAnswer } from './read-answer.ts';
import { type Answer, sampleOf } from './sample-of.ts';

export interface AskParts {
  /** Where queries go: ".../api/v1/query". */
  readonly url: string;
  /** For each request anew, so that a token may change. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  readonly fetch: typeof globalThis.fetch;
  readonly requestTimeout: Millis;
}

export type Asked =
  | { readonly kind: 'answered'; readonly sample: Sample }
  /** There was no answer, and another query would have none either. */
  | { readonly kind: 'unreachable'; readonly error: Error };

/** Asks one query, once; twice where a connection that was kept turns out to be closed. Never throws. */
export const ask = async (text: string, parts: AskParts, signal: AbortSignal): Promise<Asked> => {
  const stop = limited(signal, parts.requestTimeout);
  try {
    return answered(await within(stop.signal, sampleFrom(text, parts, stop.signal)));
  } catch (cause) {
    if (signal.aborted) return answered(failed('the read was stopped', cause));
    if (stop.isTooLong()) return answered(failed(`no answer from Prometheus within ${parts.requestTimeout} ms`, cause));
    // What fetch throws says "fetch failed", and what failed in its cause; all else are answers that could not be taken.
    if (cause instanceof TypeError)
      return { kind: 'unreachable', error: new Error(`Prometheus could not be reached (${deepest(cause)})`, { cause }) };
    return answered(failed(boundError(cause), cause));
  } finally {
    stop.end();
  }
};

const sampleFrom = async (text: string, parts: AskParts, signal: AbortSignal): Promise<Sample> => {
  const isPlain = isSelector(text);
  const response = await post(isPlain ? withInstants(text) : text, parts, signal);
  const answer = await readAnswer(response);
  return response.ok && answer?.status === 'success' ? sampleOf(answer, isPlain) : failed(refusalOf(response, answer));
};

const post = async (query: string, { url, headers, fetch, requestTimeout }: AskParts, signal: AbortSignal): Promise<Response> => {
  const init: RequestInit = {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...(await headers()) },
    body: new URLSearchParams({ query, timeout: `${requestTimeout}ms` }).toString(),
    // Elsewhere the headers may be nobody's business.
    redirect: 'manual',
    signal,
  };
  try {
    return await fetch(url, init);
  } catch (error) {
    // A query may be asked twice, and the next connection is a new one.
    if (signal.aborted || !CLOSED.has(codeOf(error))) throw error;
    return await fetch(url, init);
  }
};

/** What an idle connection ends with that the other side has closed. */
const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

const codeOf = (error: unknown): string => {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  if (typeof code === 'string') return code;
  return typeof cause === 'object' && cause !== null ? codeOf(cause) : '';
};

/** Whoever makes the headers may never come back, nor may a fetch of the user's own. */
const within = async <Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> => {
  signal.throwIfAborted();
  const stopped = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
  return Promise.race([promise, stopped]);
};

const refusalOf = (response: Response, answer: Answer | undefined): string => {
  const { status } = response;
  if (status >= 300 && status < 400) return `Prometheus answers at another address (status ${status}); give that one as url`;
  if (status === 401 || status === 403)
    return `Prometheus lets nobody in (status ${status}); give headers with an authorization, or mend it`;
  if (answer?.status === 'error') {
    const said = boundText(`${String(answer.errorType)}: ${String(answer.error)}`);
    return `Prometheus could not answer the query (${said})`;
  }
  if (status === 404) return 'there is no Prometheus at this address (status 404); give as url what comes before /api/v1/query';
  return `Prometheus answered with status ${status} and what is no answer of it; look at what is at this address`;
};

const answered = (sample: Sample): Asked => ({ kind: 'answered', sample });

const failed = (message: string, cause?: unknown): Sample => ({ kind: 'failed', error: new Error(message, { cause }) });

/** Node says "fetch failed" and the reason in the cause; of several addresses, in a list of errors without a message. */
const deepest = (error: Error): string => {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return deepest(error.errors[0]);
  return error.cause instanceof Error ? deepest(error.cause) : boundText(error.message || codeOf(error));
};
