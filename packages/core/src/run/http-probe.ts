import type { Millis } from '../domain/time.ts';
import type { Problem } from '../ports/invoker.ts';
import { over } from './over.ts';
import { type Probe, type ProbeAnswer, type ProbeContext, probeFault } from './probe-source.ts';

/** What a function may make a number of. */
export interface ProbedResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The text, as UTF-8. */
  readonly body: string;
}

export interface HttpProbeOptions {
  /**
   * - `status`   what was answered: 200, 503; 0 if nobody answered in time. The default.
   * - `latency`  how long the whole answer took, in milliseconds; if nobody answered, as long as the time limit
   * - a function of the response. If nobody answered it is not asked, and there is no data
   */
  readonly value?: 'status' | 'latency' | ((response: ProbedResponse) => ProbeAnswer | Promise<ProbeAnswer>);
  /** Default 2 s, at most 4 s: whoever assesses health does not wait for longer. */
  readonly timeout?: Millis;
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The most of a body that is read, in bytes. Default 64 KiB. */
  readonly maxBytes?: number;
  /** Goes where a redirect points to. Default false: it is a status as any other. */
  readonly follow?: boolean;
  /** Default: that of Node. */
  readonly fetch?: typeof fetch;
}

type Settled = Required<Omit<HttpProbeOptions, 'fetch'>> & Pick<HttpProbeOptions, 'fetch'>;

/**
 * Measures a number by asking a URL.
 * @throws ReeveError INVALID_PROBES that lists all that is wrong
 */
export const httpProbe = (url: string | URL, options: HttpProbeOptions = {}): Probe => {
  const address = String(url);
  const settled = { value: 'status', timeout: 2_000, method: 'GET', headers: {}, maxBytes: 65_536, follow: false, ...options } as const;
  const problems = problemsOf(address, settled);
  if (problems.length > 0) throw probeFault(problems);
  return (context) => measure(address, settled, context);
};

const problemsOf = (url: string, { value, timeout, maxBytes, method, headers }: Settled): readonly Problem[] => {
  const problem = (path: string, what: string): Problem => ({ path: `httpProbe.${path}`, problem: what });
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isWhole = (number: number, most: number): boolean => Number.isInteger(number) && number >= 1 && number <= most;
  return [
    ...(parsed && /^https?:$/.test(parsed.protocol)
      ? []
      : [problem('url', 'is no address; give one such as "https://api.example.org/health"')]),
    ...(parsed && (parsed.username || parsed.password) ? [problem('url', 'has credentials in it; give them in headers')] : []),
    ...(canBeSent(method, headers) ? [] : [problem('headers', 'or the method are not as HTTP has them; give texts without line breaks')]),
    ...(isWhole(timeout, 4_000) ? [] : [problem('timeout', `is ${timeout}; give a whole number from 1 to 4000`)]),
    ...(isWhole(maxBytes, 16_777_216) ? [] : [problem('maxBytes', `is ${maxBytes}; give a whole number from 1 to 16777216`)]),
    ...(value === 'status' || value === 'latency' || typeof value === 'function'
      ? []
      : [problem('value', `is ${String(value)}; give "status", "latency" or a function`)]),
  ];
};

/** Found out now: else each call would fail, and a service that is well would look as if it were gone. */
const canBeSent = (method: string, headers: Readonly<Record<string, string>>): boolean => {
  try {
    return Boolean(new Request('http://localhost', { method, headers }));
  } catch {
    return false;
  }
};

const measure = async (url: string, settled: Settled, { signal, clock }: ProbeContext): Promise<ProbeAnswer> => {
  const { value, timeout, method, headers, maxBytes, follow, fetch: ask = fetch } = settled;
  const [late, ended] = [new AbortController(), new AbortController()];
  void clock.sleep(timeout, ended.signal).then(() => over(late));
  const began = clock.now();
  try {
    const redirect = follow ? 'follow' : 'manual';
    const response = await ask(url, { method, headers, redirect, signal: AbortSignal.any([signal, late.signal]) });
    const { status } = response;
    if (value === 'status') {
      await response.body?.cancel().catch(() => {}); // it was answered, whatever becomes of the rest
      return status;
    }
    const body = await bodyOf(response, maxBytes);
    if (value === 'latency') return clock.now() - began;
    if (body === undefined) throw new Error(`the answer is longer than ${maxBytes} bytes; let it be shorter, or give more maxBytes`);
    return await value({ status, headers: response.headers, body });
  } catch (error) {
    // Nobody there, or nobody who answers: that is something to know. Unless it was given up before its time.
    if (signal.aborted || typeof value === 'function') throw reasonOf(error, late.signal, timeout);
    return value === 'latency' ? timeout : 0;
  } finally {
    over(ended);
  }
};

/** @returns undefined if there is more of it: the rest is not fetched */
const bodyOf = async ({ body }: Response, maxBytes: number): Promise<string | undefined> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop ends the transfer.
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** "fetch failed" says nothing; its cause does. */
const reasonOf = (error: unknown, late: AbortSignal, timeout: Millis): unknown => {
  if (late.aborted) return new Error(`no answer within ${timeout} ms`);
  return error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
};
