import type { InvokeCommandOutput } from '@aws-sdk/client-lambda';
import { type Delivery, isJsonText } from '@reeve/core';
import { functionFailure } from './function-error.ts';
import { failed, unknown } from './judge-failure.ts';

export interface AnswerFacts {
  /** The function that was asked for, as the labourer's target names it. */
  readonly target: string;
  readonly maxResultBytes: number;
}

/**
 * What the answer of a synchronous invocation means: the function has run, and this is its report. The result's text stays as the
 * function's runtime wrote it, digit for digit.
 * @throws ReeveError INVOKE_UNKNOWN: it is not the answer of a function
 */
export const judgeAnswer = (
  { StatusCode: status, FunctionError: functionError, Payload: payload }: InvokeCommandOutput,
  { target, maxResultBytes }: AnswerFacts,
): Delivery => {
  if (status !== 200) throw unknown(target, `status ${status}, where a function's answer has 200`);
  const bytes = payload?.byteLength ?? 0;
  if (functionError !== undefined) return { kind: 'finished', report: functionFailure(parsed(payload), functionError) };
  if (bytes === 0) return { kind: 'finished', report: { kind: 'done' } };
  // Another attempt would answer the same: the author has to hear of it at once.
  if (bytes > maxResultBytes)
    return failed(`the result has ${bytes} bytes, and ${maxResultBytes} are allowed; keep the data elsewhere and answer with its key`);
  const result = textOf(payload);
  if (!isJsonText(result)) return failed('the result is not JSON; answer with JSON, or with nothing');
  return { kind: 'finished', report: { kind: 'done', result } };
};

/** Bytes that are not UTF-8 come out as marks of replacement. */
const textOf = (payload: Uint8Array | undefined): string => Buffer.from(payload ?? []).toString('utf8');

const parsed = (payload: Uint8Array | undefined): unknown => {
  try {
    return JSON.parse(textOf(payload));
  } catch {
    return undefined; // a runtime of the user's own may write what it likes
  }
};
