import { type Clock, decodeJson, type MessageAnswer, ReeveError, systemClock } from '@reeve/core';
import { Keyring } from '../signature/keyring.ts';
import { fitting, idOf, readMarks, TOLERANCE } from '../signature/verify.ts';
import { checkReportOptions, type Refusal, type ReportHandlerOptions } from './options.ts';
import { readBounded } from './read-bounded.ts';

/** Whom the messages are for: `reeve.assistant`. */
export interface Receiver {
  /** Takes a message as JSON text. */
  receive(message: unknown): Promise<MessageAnswer>;
}

export type FetchHandler = (request: Request) => Promise<Response>;

/** The longest message: a result of 256 KiB, however it is written. */
const MOST_BYTES = 1024 * 1024;

/**
 * Takes what workers report by HTTP, in fetch's way: signed by Standard Webhooks, one message of @reeve/core in each POST. What is not
 * signed is neither parsed nor kept. Its answers are those of the Assistant, as JSON: 200 also where a report came too late (`stale`).
 * @throws ReeveError INVALID_REPORT_HANDLER that lists all that is wrong
 */
export const reportHandler = (assistant: Receiver, options: ReportHandlerOptions): FetchHandler => {
  checkReportOptions(options);
  const { secrets, tolerance = TOLERANCE, maxBytes = MOST_BYTES, clock = systemClock, onRefused } = options;
  const parts = { assistant, keys: new Keyring(secrets), tolerance, maxBytes, clock };
  return async (request) => {
    const { response, refusal } = await answerTo(request, parts);
    if (refusal) tell(onRefused, { ...refusal, ...idPart(request) });
    return response;
  };
};

interface Parts {
  readonly assistant: Receiver;
  readonly keys: Keyring;
  readonly tolerance: number;
  readonly maxBytes: number;
  readonly clock: Pick<Clock, 'now'>;
}

interface Answered {
  readonly response: Response;
  readonly refusal?: Pick<Refusal, 'why' | 'code'>;
}

const answerTo = async (request: Request, { assistant, keys, tolerance, maxBytes, clock }: Parts): Promise<Answered> => {
  if (request.method !== 'POST') return refused(405, 'method', {}, { allow: 'POST' });
  if ((request.headers.get('content-encoding') ?? 'identity') !== 'identity') return refused(415, 'encoding');
  // Before the body is read: who has no signature at all is not listened to.
  const marks = readMarks(request.headers, { tolerance, now: clock.now() });
  if (typeof marks === 'string') return refused(401, marks);
  const body = await readBounded(request, maxBytes);
  if (body === 'large') return refused(413, 'large');
  if (body === 'cut') return refused(400, 'cut');
  const fit = fitting(marks, body, keys.all);
  if (fit.length === 0) return refused(401, 'signature');
  const text = textOf(body);
  if (text === undefined)
    return refused(400, 'message', { error: 'INVALID_MESSAGE', message: 'the message is not in UTF-8' }, {}, 'INVALID_MESSAGE');
  // One that names no labourer is no message: the Assistant says so to whoever has a secret.
  const labourer = labourerOf(text);
  if (labourer !== undefined && !keys.speaksFor(fit, labourer)) return refused(401, 'signature');
  try {
    return { response: json(200, await assistant.receive(text)) };
  } catch (error) {
    return faultOf(error);
  }
};

const textOf = (body: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
};

/** Read with the same parser, and from the same place, as the Assistant reads it: with names that are there twice, too, both take the last. */
const labourerOf = (text: string): string | undefined => {
  try {
    const { attempt } = (decodeJson(text) ?? {}) as { readonly attempt?: { readonly labourer?: unknown } | null };
    return typeof attempt?.labourer === 'string' ? attempt.labourer : undefined;
  } catch {
    return undefined;
  }
};

/** Core's own texts have nothing of a message in them; but of what there is beside what was asked for, a worker need not know. */
const faultOf = (error: unknown): Answered => {
  if (!ReeveError.is(error)) return refused(500, 'fault', { error: 'fault' });
  const { kind, code, message } = error;
  if (code === 'UNKNOWN_LABOURER') return refused(404, 'message', { error: code }, {}, code);
  if (kind === 'input') return refused(code === 'PAYLOAD_TOO_LARGE' ? 413 : 400, 'message', { error: code, message }, {}, code);
  // Nobody knows whether it was kept. The same message again changes nothing if it was.
  if (kind === 'unavailable') return refused(503, 'fault', { error: code }, { 'retry-after': '1' }, code);
  return refused(500, 'fault', { error: code }, {}, code);
};

const refused = (
  status: number,
  why: Refusal['why'],
  answer: object = {},
  headers: Readonly<Record<string, string>> = {},
  code?: string,
): Answered => ({ response: json(status, { error: why, ...answer }, headers), refusal: { why, ...(code !== undefined && { code }) } });

const json = (status: number, value: object, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers } });

const idPart = ({ headers }: Request): { readonly id?: string } => {
  const id = idOf(headers);
  return id === undefined ? {} : { id };
};

/** What a hook throws is its own matter: the answer goes out all the same. */
const tell = (hook: ReportHandlerOptions['onRefused'], refusal: Refusal): void => {
  try {
    hook?.(refusal);
  } catch {
    // Nobody to tell.
  }
};
