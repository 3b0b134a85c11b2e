import { decodeJson } from '../decide/encode-json.ts';
import { tellIssues } from '../decide/tell-issues.ts';
import type { JsonText } from '../domain/json.ts';
import type { Schema, SchemaAnswer } from '../domain/schema.ts';
import { ReeveError } from '../errors.ts';

/** What a schema made of a value, or what it has against it. */
export type Fit = { readonly fits: true; readonly value: unknown } | { readonly fits: false; readonly problem: string };

/**
 * @param value as JSON.parse gives it, since that is what a worker sees: a Date is a text by then
 * @param what the value is, as messages call it: "items[3].payload"
 * @throws what code of the schema throws
 */
export const fit = async (schema: Schema, value: unknown, what: string): Promise<Fit> => {
  const answer: SchemaAnswer<unknown> = await schema['~standard'].validate(value);
  return answer.issues ? { fits: false, problem: tellIssues(what, value, answer.issues) } : { fits: true, value: answer.value };
};

/** How many payloads an async schema looks at at once. */
const AT_ONCE = 100;

/**
 * What the worker will see is what has to fit: the text that travels, read again. A Date is a text by then, and what code of the caller's
 * changes meanwhile is not in it.
 * @param placeOf what comes before "payload" of the n-th in messages
 * @throws ReeveError PAYLOAD_REFUSED
 */
export const refuseMisfits = async (
  schema: Schema,
  tasks: readonly { readonly payload: JsonText }[],
  placeOf: (n: number) => string,
): Promise<void> => {
  for (let from = 0; from < tasks.length; from += AT_ONCE) {
    const some = tasks.slice(from, from + AT_ONCE);
    await Promise.all(some.map(({ payload }, n) => refuseMisfit(schema, payload, `${placeOf(from + n)}payload`)));
  }
};

const refuseMisfit = async (schema: Schema, payload: JsonText, what: string): Promise<void> => {
  const refused = (message: string, cause?: unknown): ReeveError =>
    new ReeveError({ kind: 'input', code: 'PAYLOAD_REFUSED', message, cause });
  const answer = await fit(schema, decodeJson(payload), what).catch((error: unknown) => {
    throw refused(`${what}: its schema could not be asked, since code of its own threw an error`, error);
  });
  if (!answer.fits) throw refused(answer.problem);
};
