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
import { messageFormOf, messageText } from './message/message.ts';
import { checkOptions, type LambdaInvokerOptions, regionAsked, settingsOf } from './options.ts';
import { failed, judgeFailure } from './outcome/judge-failure.ts';
import { checkLabourer } from './target/check-labourer.ts';

/**
 * The longest event of an asynchronous invocation, in bytes: 1 MB since October 2025 (before, 256 KB), by the reference of Invoke.
 * Earlier limits were enforced as powers of two, so this one is taken to be. If it is less after all, Lambda's own answer says so.
 */
export const MAX_EVENT_BYTES: number = 1024 * 1024;

/**
 * Hands attempts to Lambda functions, asynchronously (`InvocationType: Event`): `accepted` says that Lambda has put the event into its
 * own queue. The function reports when it is done. One request for each attempt, whatever the client's retries are set to.
 */
export class LambdaInvoker implements Invoker, Lifecycle {
  readonly parallelism: number;
  readonly #client: LambdaClient;
  readonly #own: boolean;
  readonly #region: string | undefined;
  readonly #requestTimeout: Millis;
  readonly #places: Places;

  /** @throws ReeveError INVALID_LAMBDA_INVOKER */
  constructor(options: LambdaInvokerOptions = {}) {
    checkOptions(options);
    const { client } = options;
    const { parallelism, connectTimeout, requestTimeout } = settingsOf(options);
    this.parallelism = parallelism;
    this.#own = client === undefined;
    this.#client = client ?? ownClient({ ...options, parallelism, connectTimeout });
    this.#region = regionAsked(options, process.env);
    this.#requestTimeout = requestTimeout;
    this.#places = new Places(parallelism);
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
    const form = messageFormOf(labourer);
    if (!form)
      return { kind: 'refused', reason: `labourers.${labourer.id}.options.message names no form of message; give 'envelope' or 'sosw'` };
    // The payload becomes a part of a larger text. One that is not well formed could end its own part and forge the rest.
    if (!isJsonText(lease.payload)) return failed('the payload is not JSON, so no event was made of it');
    const event = Buffer.from(messageText(form, lease));
    if (event.byteLength > MAX_EVENT_BYTES) {
      return failed(
        `the event has ${event.byteLength} bytes, and Lambda takes ${MAX_EVENT_BYTES}; keep the data elsewhere and send its key`,
      );
    }
    if (!(await this.#places.take(signal))) return { kind: 'refused', reason: 'the attempt was stopped before anything was sent' };
    try {
      return await this.#send(labourer, event, signal);
    } finally {
      this.#places.give();
    }
  }

  async #send({ target }: Labourer, event: Uint8Array, signal: AbortSignal): Promise<Delivery> {
    const command = new InvokeCommand({ FunctionName: target, InvocationType: 'Event', Payload: event });
    const ending = await new OneRequest(command, this.#requestTimeout).send(this.#client, signal);
    return ending.kind === 'answered' ? { kind: 'accepted' } : judgeFailure(ending.error, { target, handedOver: ending.handedOver });
  }
}
