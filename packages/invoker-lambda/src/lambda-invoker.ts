import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  type Delivery,
  type InvokeContext,
  type Invoker,
  isJsonText,
  type Labourer,
  type Lease,
  type Lifecycle,
  type Millis,
  type Problem,
} from '@reeve/core';
import { checkCredentials, checkRegion } from './client/check-client.ts';
import { OneRequest } from './client/one-request.ts';
import { ownClient } from './client/own-client.ts';
import { Places } from './client/places.ts';
import { clientContext } from './message/client-context.ts';
import { messageText } from './message/message.ts';
import { checkOptions, type LambdaInvokerOptions, LONGEST_WAIT, regionAsked, settingsOf } from './options.ts';
import { judgeAnswer } from './outcome/judge-answer.ts';
import { failed, judgeFailure } from './outcome/judge-failure.ts';
import { checkLabourer } from './target/check-labourer.ts';
import type { Invocation } from './target/invocation.ts';
import { wayOf } from './target/ways.ts';

/**
 * The longest event of an asynchronous invocation, in bytes: 1 MB since October 2025 (before, 256 KB), by the reference of Invoke.
 * Earlier limits were enforced as powers of two, so this one is taken to be. If it is less after all, Lambda's own answer says so.
 */
export const MAX_EVENT_BYTES: number = 1024 * 1024;

/** The longest event of a synchronous invocation, in bytes: 6 MB by the same page, taken to be a power of two as well. */
export const MAX_SYNC_EVENT_BYTES: number = 6 * 1024 * 1024;

/**
 * Hands attempts to Lambda functions. Asynchronously (`InvocationType: Event`), `accepted` says that Lambda has put the event into its
 * own queue; the function, or its destination, reports. Synchronously (`RequestResponse`, for labourers whose option `invocation` says
 * so) the request waits for the function, and its answer is the report. One request for each attempt, whatever the client's retries are
 * set to.
 */
export class LambdaInvoker implements Invoker, Lifecycle {
  readonly parallelism: number;
  readonly #client: LambdaClient;
  readonly #own: boolean;
  readonly #region: string | undefined;
  readonly #requestTimeout: Millis;
  readonly #maxResultBytes: number;
  /** Apart, so that requests which last as long as a function keep none waiting that only hand over. */
  readonly #places: Readonly<Record<Invocation, Places>>;

  /** @throws ReeveError INVALID_LAMBDA_INVOKER */
  constructor(options: LambdaInvokerOptions = {}) {
    checkOptions(options);
    const { client } = options;
    const { parallelism, connectTimeout, requestTimeout, maxResultBytes } = settingsOf(options);
    this.parallelism = parallelism;
    this.#own = client === undefined;
    this.#client = client ?? ownClient({ ...options, connections: 2 * parallelism, connectTimeout });
    this.#region = regionAsked(options, process.env);
    this.#requestTimeout = requestTimeout;
    this.#maxResultBytes = maxResultBytes;
    this.#places = { async: new Places(parallelism), sync: new Places(parallelism) };
  }

  check(labourer: Labourer): readonly Problem[] {
    return checkLabourer(labourer, this.#region);
  }

  /**
   * Looks for what no request can do without: a region and, unless the client was given, credentials.
   * @throws ReeveError REGION_MISSING, CREDENTIALS_MISSING
   */
  async start(): Promise<void> {
    await checkRegion(this.#client);
    if (this.#own) await checkCredentials(this.#client, this.#requestTimeout);
  }

  /** Closes the connections, unless the client was given. May be called twice. */
  async close(): Promise<void> {
    if (this.#own) this.#client.destroy();
  }

  /** @throws ReeveError INVOKE_UNKNOWN: the event may have been taken */
  async invoke(labourer: Labourer, lease: Lease, { signal }: InvokeContext): Promise<Delivery> {
    const way = wayOf(labourer);
    if ('problems' in way) return { kind: 'refused', reason: `${way.problems[0].path}: ${way.problems[0].problem}` };
    const { form, invocation } = way;
    // The payload becomes a part of a larger text. One that is not well formed could end its own part and forge the rest.
    if (!isJsonText(lease.payload)) return failed('the payload is not JSON, so no event was made of it');
    const event = Buffer.from(messageText(form, lease));
    const most = invocation === 'sync' ? MAX_SYNC_EVENT_BYTES : MAX_EVENT_BYTES;
    if (event.byteLength > most)
      return failed(`the event has ${event.byteLength} bytes, and Lambda takes ${most}; keep the data elsewhere and send its key`);
    const places = this.#places[invocation];
    if (!(await places.take(signal))) return { kind: 'refused', reason: 'the attempt was stopped before anything was sent' };
    try {
      if (invocation === 'async') return await this.#handOver(labourer, event, signal);
      return await this.#ask(labourer, event, form === 'payload' ? clientContext(lease) : undefined, signal);
    } finally {
      places.give();
    }
  }

  async #handOver({ target }: Labourer, event: Uint8Array, signal: AbortSignal): Promise<Delivery> {
    const command = new InvokeCommand({ FunctionName: target, InvocationType: 'Event', Payload: event });
    const ending = await new OneRequest(command, this.#requestTimeout).send(this.#client, signal);
    return ending.kind === 'answered' ? { kind: 'accepted' } : judgeFailure(ending.error, { target, handedOver: ending.handedOver });
  }

  async #ask({ target, lease }: Labourer, event: Uint8Array, context: string | undefined, signal: AbortSignal): Promise<Delivery> {
    const command = new InvokeCommand({
      FunctionName: target,
      InvocationType: 'RequestResponse',
      Payload: event,
      ...(context !== undefined && { ClientContext: context }),
    });
    // Longer than this the attempt has no right to run. Nobody would wait for its answer, and the lease is left to run out.
    const answerLimit = Math.min(lease.duration, LONGEST_WAIT);
    const ending = await new OneRequest(command, this.#requestTimeout, answerLimit).send(this.#client, signal);
    if (ending.kind === 'failed') return judgeFailure(ending.error, { target, handedOver: ending.handedOver });
    return judgeAnswer(ending.answer, { target, maxResultBytes: this.#maxResultBytes });
  }
}
