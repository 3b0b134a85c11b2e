import type { Delivery, EpochMs, Report } from '@reeve/core';
import { ReeveError } from '@reeve/core';
import { type Answer, type Ending, Stopped } from '../client/call.ts';
import { Forbidden } from '../guard/guarded-lookup.ts';
import { readReport } from './read-report.ts';
import { retryAfterOf } from './retry-after.ts';

export interface CallFacts {
  readonly labourer: string;
  /** Host and port. Path and query may hold what is not for logs. */
  readonly host: string;
  readonly maxResponseBytes: number;
  readonly now: EpochMs;
}

/**
 * What the ending of a call means for the attempt.
 * - Nothing was sent, or the endpoint said no in a way that means it did not begin: refused, or, where this very task is at
 *   fault and would be at every attempt, failed for good.
 * - It answered that it is done: that is the worker's report.
 * - All else (no answer, an answer cut off, an error on the other side): it may have begun.
 *
 * Nothing that an endpoint wrote is quoted but its own report: it may hold a piece of the payload.
 * @throws ReeveError INVOKE_UNKNOWN
 */
export const judge = (ending: Ending, facts: CallFacts): Delivery => {
  if (ending.kind === 'answered') return judgeAnswer(ending, facts);
  const { error, handedOver } = ending;
  if (handedOver) throw unknown(wordsFor(error), facts, isOfParser(error) ? undefined : error);
  return refused(error instanceof Forbidden ? error.message : `nothing was sent to ${facts.host} (${wordsFor(error)})`);
};

const judgeAnswer = (answer: Answer, facts: CallFacts): Delivery => {
  const { status, headers } = answer;
  const { labourer, host, now } = facts;
  if (status >= 200 && status < 300) return judgeSuccess(answer, facts);
  if (status === 429 || (status === 503 && headers['retry-after'] !== undefined)) {
    const retryAfter = retryAfterOf(headers, now);
    return { ...refused(`${host} has too much to do (status ${status})`), ...(retryAfter !== undefined && { retryAfter }) };
  }
  if (status === 410) return failed(`${host} answered that its endpoint is gone for good (status 410)`);
  if (status === 413 || status === 422) return failed(`${host} can do nothing with this task (status ${status})`);
  const remedy = REMEDIES.get(status) ?? (status >= 400 && status < 500 ? 'look at what the endpoint says about it' : undefined);
  if (remedy === undefined || UNDECIDED.has(status)) throw unknown(`status ${status}`, facts);
  return refused(`${host} refused the request (status ${status}); ${remedy.replace('LABOURER', labourer)}`);
};

/**
 * 408: tired of waiting, and nobody knows for which part. 409: a request with this id may be at work, if something on the way sent
 * it twice.
 */
const UNDECIDED: ReadonlySet<number> = new Set([408, 409]);

const MOVED = 'the endpoint has moved, and redirections are not followed; correct labourers.LABOURER.target';
const NO_SUCH = 'correct labourers.LABOURER.target, or deploy the endpoint';
const NOT_BELIEVED = 'compare the secrets on both sides, and the clocks';

/** Of the redirections only those that send the same request elsewhere. After 302 and 303 it may have been done. */
const REMEDIES: ReadonlyMap<number, string> = new Map([
  [301, MOVED],
  [307, MOVED],
  [308, MOVED],
  [400, `${NOT_BELIEVED}; if it is the task that is wrong, let the endpoint answer 422`],
  [401, NOT_BELIEVED],
  [403, NOT_BELIEVED],
  [404, NO_SUCH],
  [405, `let it take POST, or ${NO_SUCH}`],
  [421, NO_SUCH],
]);

const judgeSuccess = ({ status, body }: Answer, { host, maxResponseBytes }: CallFacts): Delivery => {
  if (status === 202) return { kind: 'accepted' };
  switch (body?.kind) {
    case undefined:
      return finished({ kind: 'done' });
    case 'bytes':
      return finished(readReport(body.bytes));
    case 'large':
      return failed(`${host} answered with more than ${maxResponseBytes} bytes; let it keep the data elsewhere and answer its key`);
    case 'encoded':
      return finished({ kind: 'failed', error: `${host} answered in a content-encoding, which was not asked for; let it send plain JSON` });
  }
};

const finished = (report: Report): Delivery => ({ kind: 'finished', report });

const refused = (reason: string): Extract<Delivery, { readonly kind: 'refused' }> => ({ kind: 'refused', reason });

/** A report in the worker's place: no attempt of this task can get through. */
export const failed = (error: string): Delivery => finished({ kind: 'failed', error, retryable: false });

const unknown = (why: string, { labourer, host }: CallFacts, cause?: unknown): ReeveError =>
  new ReeveError({
    kind: 'unavailable',
    code: 'INVOKE_UNKNOWN',
    message: `It is not known whether ${host} began with the task of ${labourer} (${why}); if no worker reports, the lease runs out`,
    cause,
  });

/** Such an error holds the bytes that could not be parsed: a piece of an answer, which may hold a piece of the payload. */
const isOfParser = (error: unknown): boolean =>
  error instanceof Error && ((error as NodeJS.ErrnoException).code?.startsWith('HPE_') ?? false);

/** Node's own words. */
const wordsFor = (error: unknown): string => {
  if (error instanceof Stopped) return error.message;
  if (!(error instanceof Error)) return 'an error that cannot be described';
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && isOfParser(error)) return code;
  // Node gathers the failures of several addresses in one error without a message of its own.
  return (/^.{0,200}/.exec(error.message)?.[0] ?? '').trim() || (code ?? error.name);
};
