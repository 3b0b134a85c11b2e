import { boundError, boundText } from '../decide/bound-text.ts';
import { decodeJson, encodeJson } from '../decide/encode-json.ts';
import type { LabourerDefinitions, ParsedOf, ReturnedOf } from '../decide/labourer-definition.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { Schema } from '../domain/schema.ts';
import type { Lease } from '../domain/task.ts';
import type { Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Delivery, InvokeContext, Invoker, Problem, Report } from '../ports/invoker.ts';
import { fit } from './fit.ts';

/** What a handler has beside its payload. */
export interface TaskContext extends InvokeContext {
  readonly labourer: string;
  readonly id: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
}

/**
 * A worker as a function. What it returns is the task's result (a value that JSON can carry, or nothing); what it throws
 * makes the attempt fail.
 */
// biome-ignore lint/suspicious/noExplicitAny: each handler knows the type of its own payload; `any` lets it say so
export type Handler<Payload = any, Result = unknown> = (payload: Payload, context: TaskContext) => Result | Promise<Result>;

/** A handler for each labourer; where the definition has a schema, of its types. */
export type HandlersOf<Definitions extends LabourerDefinitions> = {
  readonly [Name in keyof Definitions]: Definitions[Name] extends { readonly schema: Schema } | { readonly result: Schema }
    ? Handler<ParsedOf<Definitions[Name]>, ReturnedOf<Definitions[Name]>>
    : Handler;
};

/** Thrown by a worker: no further attempt can help, and the task is dead. */
export class NonRetryableError extends Error {
  override readonly name: string = 'NonRetryableError';
  readonly retryable = false;
}

/** Thrown by a worker: try again, and not before so many milliseconds. */
export class RetryAfterError extends Error {
  override readonly name: string = 'RetryAfterError';
  readonly retryAfter: Millis;

  constructor(message: string, retryAfter: Millis, options?: ErrorOptions) {
    super(message, options);
    this.retryAfter = retryAfter;
  }
}

export interface InProcessOptions<Definitions extends LabourerDefinitions = LabourerDefinitions> {
  /** By labourer. */
  readonly handlers: HandlersOf<Definitions>;
  /** The longest result text, in bytes of UTF-8. Default 256 KiB. */
  readonly maxResultBytes?: number;
  /**
   * How many attempts of one labourer run in this process at once, from 1. Default: as many as its cap allows, which is kept over all
   * processes. With a lower number than the cap up to as many again are claimed ahead, and wait here for their turn within their lease.
   */
  readonly parallelism?: number;
}

/** Runs the workers as functions in this process. */
export class InProcessInvoker implements Invoker {
  readonly #handlers: ReadonlyMap<string, Handler>;
  readonly #maxResultBytes: number;
  readonly parallelism: number;

  /** @throws ReeveError INVALID_PARALLELISM */
  constructor({ handlers, maxResultBytes = 256 * 1024, parallelism = Number.POSITIVE_INFINITY }: InProcessOptions) {
    if (parallelism !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(parallelism) && parallelism >= 1)) {
      const message = `inProcessInvoker.parallelism: ${boundText(String(parallelism), 40)} is no number of attempts; give a whole number from 1, or leave it out`;
      throw new ReeveError({ kind: 'config', code: 'INVALID_PARALLELISM', message });
    }
    this.#handlers = new Map(Object.entries(handlers));
    this.#maxResultBytes = maxResultBytes;
    this.parallelism = parallelism;
  }

  check({ id }: Labourer): readonly Problem[] {
    const handler: unknown = this.#handlers.get(id);
    if (typeof handler === 'function') return [];
    const problem = handler === undefined ? 'is missing; give a function for this labourer' : `is ${typeof handler}; give a function`;
    return [{ path: `handlers.${id}`, problem }];
  }

  async invoke({ id, schema, result: resultSchema }: Labourer, lease: Lease, context: InvokeContext): Promise<Delivery> {
    const handler = this.#handlers.get(id);
    if (!handler) return { kind: 'refused', reason: `there is no handler for ${id} in this process` };
    let payload: unknown;
    try {
      payload = decodeJson(lease.payload);
    } catch (error) {
      return failed({ error: `the payload is not JSON: ${boundError(error)}`, retryable: false });
    }
    let result: unknown;
    try {
      if (schema) {
        const answer = await fit(schema, payload, 'payload');
        // It fitted, or there was no schema, when it was enqueued. No other attempt would find it changed.
        if (!answer.fits)
          return failed({ error: `PayloadRefused: it does not fit the schema of ${id}: ${answer.problem}`, retryable: false });
        payload = answer.value;
      }
      result = await handler(payload, new HandlerContext(lease, context));
    } catch (error) {
      return failed(failureOf(error));
    }
    if (result === undefined && !resultSchema) return DONE;
    try {
      const text = result === undefined ? undefined : encodeJson(result, { what: 'result', maxBytes: this.#maxResultBytes });
      const answer = resultSchema && (await fit(resultSchema, text === undefined ? text : decodeJson(text), 'result'));
      if (answer && !answer.fits)
        return failed({ error: `ResultRefused: it does not fit the schema of ${id}: ${answer.problem}`, retryable: false });
      return text === undefined ? DONE : { kind: 'finished', report: { kind: 'done', result: text } };
    } catch (error) {
      // Another attempt would return the same: the author has to hear of it at once.
      return failed({ error: boundError(error), retryable: false });
    }
  }
}

const DONE: Delivery = { kind: 'finished', report: { kind: 'done' } };

type Failure = Omit<Extract<Report, { readonly kind: 'failed' }>, 'kind'>;

const failed = (failure: Failure): Delivery => ({ kind: 'finished', report: { kind: 'failed', ...failure } });

/** Asks for the signal only when the handler does: a signal costs a controller and most handlers never look at it. */
class HandlerContext implements TaskContext {
  readonly labourer: string;
  readonly id: string;
  readonly attempt: number;
  readonly #context: InvokeContext;

  constructor({ labourer, id, attempt }: Lease, context: InvokeContext) {
    this.labourer = labourer;
    this.id = id;
    this.attempt = attempt;
    this.#context = context;
    // A handler may take it out of the context: `async (payload, { heartbeat }) => ...`.
    this.heartbeat = () => context.heartbeat();
  }

  readonly heartbeat: () => Promise<boolean>;

  get signal(): AbortSignal {
    return this.#context.signal;
  }
}

/** By shape and not by class, so that errors of another copy of this package, or of the user's own, count as well. */
const failureOf = (error: unknown): Failure => {
  const hints = typeof error === 'object' && error !== null ? error : {};
  return {
    error: boundError(error),
    ...('retryable' in hints && hints.retryable === false && { retryable: false }),
    ...('retryAfter' in hints && typeof hints.retryAfter === 'number' && { retryAfter: hints.retryAfter }),
  };
};
