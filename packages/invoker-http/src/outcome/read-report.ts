import { isJsonText, type JsonText, memberTexts, type Report } from '@reeve/core';

/**
 * What an endpoint says of its work with the body of a 200.
 * - nothing                          done
 * - `{"done": ..., "stats": ...}`    done, with this result; both may be missing, not both at once
 * - `{"failed": {"error": "..."}}`   failed
 * - any other JSON                   done, and that is the result
 * What is no JSON did not come from who was meant, or not as it was agreed. The work is over, for good or ill, so it counts as failed:
 * said where it is seen, and retried as any failure is. No text of it is quoted.
 */
export const readReport = (body: Buffer): Report => {
  if (body.byteLength === 0) return { kind: 'done' };
  const text = textOf(body);
  if (text === undefined || !isJsonText(text)) {
    return failed(
      `the endpoint answered 200 with ${body.byteLength} bytes that are not JSON; let it answer JSON, or 204 where there is no result`,
    );
  }
  const members = memberTexts(text);
  if (members && members.size > 0 && [...members.keys()].every((name) => name === 'done' || name === 'stats')) {
    return { kind: 'done', ...textAs('result', members.get('done')?.value), ...textAs('stats', members.get('stats')?.value) };
  }
  const failure = members?.size === 1 ? members.get('failed')?.value : undefined;
  return failure === undefined ? { kind: 'done', ...textAs('result', text.trim()) } : readFailure(failure);
};

const readFailure = (text: string): Report => {
  const value: unknown = JSON.parse(text);
  const { error, retryable, retryAfter }: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  if (typeof error !== 'string') {
    return failed(`the endpoint answered "failed" without a text; let it answer {"failed": {"error": "..."}}, and a result in "done"`);
  }
  return {
    kind: 'failed',
    error,
    // A worker in another language may send null for what it does not know.
    ...(typeof retryable === 'boolean' && { retryable }),
    ...(typeof retryAfter === 'number' && { retryAfter }),
  };
};

/** A part of a text that is JSON is JSON. */
const textAs = <Name extends string>(name: Name, text: string | undefined): { readonly [name in Name]?: JsonText } =>
  text === undefined ? {} : ({ [name]: text } as { readonly [name in Name]?: JsonText });

const textOf = (body: Buffer): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
};

const failed = (error: string): Report => ({ kind: 'failed', error });
