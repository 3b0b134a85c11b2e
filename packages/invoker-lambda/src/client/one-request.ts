import type { InvokeCommand, InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { boundError, type Millis } from '@reeve/core';

/** The rest of the SDK's stack. */
type Next<Args, Answer> = (args: Args) => Promise<Answer>;

/** How the one request of an attempt ended. */
export type Ending =
  | { readonly kind: 'answered'; readonly answer: InvokeCommandOutput }
  | {
      readonly kind: 'failed';
      readonly error: unknown;
      /** False: nothing has left this process for Lambda, and nothing will. */
      readonly handedOver: boolean;
    };

/**
 * Hides a failure from the SDK's retries: an error that has neither status nor code is nothing to try again. Two requests for one
 * attempt could start a worker twice, and the second answer would say nothing of the first.
 */
class Failure extends Error {
  readonly failure: unknown;

  constructor(failure: unknown) {
    super('one request only');
    this.failure = failure;
  }
}

/** Why a request was given up on this side, for people. */
export class Stopped extends Error {
  override readonly name: string = 'Stopped';
}

/** Sends a command once, however often its client would try, gives up in time, and knows whether it was sent at all. */
export class OneRequest {
  readonly #command: InvokeCommand;
  readonly #limit: Millis;
  readonly #answerLimit: Millis;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #handedOver = false;
  #only: Promise<unknown> | undefined;

  /**
   * @param limit the longest until the request is on its way, credentials included
   * @param answerLimit the longest from then on until its answer
   */
  constructor(command: InvokeCommand, limit: Millis, answerLimit: Millis = limit) {
    this.#command = command;
    this.#limit = limit;
    this.#answerLimit = answerLimit;
    command.middlewareStack.addRelativeTo(<Args, Answer>(next: Next<Args, Answer>) => this.#once(next), {
      name: 'reeveOnce',
      relation: 'after',
      toMiddleware: 'retryMiddleware',
    });
    // The innermost place of the stack, below signing: the next one is the connection.
    command.middlewareStack.add(<Args, Answer>(next: Next<Args, Answer>) => this.#handOver(next), {
      name: 'reeveHandOver',
      step: 'deserialize',
      priority: 'low',
    });
  }

  async send(client: LambdaClient, signal: AbortSignal): Promise<Ending> {
    if (signal.aborted) return this.#failed(stoppedBy(signal));
    const stop = this.#stop;
    const onAbort = (): void => stop.abort(stoppedBy(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    this.#wait(this.#limit);
    // The SDK looks at a signal only once it has a request to send; whoever fetches its credentials may never come back.
    const stopped = new Promise<'stopped'>((resolve) => stop.signal.addEventListener('abort', () => resolve('stopped'), { once: true }));
    try {
      const first = await Promise.race([client.send(this.#command, { abortSignal: stop.signal }), stopped]);
      return first === 'stopped' ? this.#failed(stop.signal.reason) : { kind: 'answered', answer: first };
    } catch (error) {
      return this.#failed(error instanceof Failure ? error.failure : error);
    } finally {
      clearTimeout(this.#timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #failed(error: unknown): Ending {
    return { kind: 'failed', error, handedOver: this.#handedOver };
  }

  #wait(limit: Millis): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#stop.abort(this.#tooLong()), limit);
  }

  #tooLong(): Stopped {
    if (this.#handedOver) return new Stopped(`no answer within ${this.#answerLimit} ms`);
    return new Stopped(`not ready to be sent within ${this.#limit} ms; look at where the credentials come from`);
  }

  /** A strategy of the user's own may try again whatever the error, and another may send two side by side: all of them share one. */
  #once<Args, Answer>(next: Next<Args, Answer>): Next<Args, Answer> {
    return (args) => {
      this.#only ??= next(args).catch((error: unknown) => {
        throw new Failure(error);
      });
      return this.#only as Promise<Answer>;
    };
  }

  #handOver<Args, Answer>(next: Next<Args, Answer>): Next<Args, Answer> {
    return async (args) => {
      // Ready too late: its attempt was given back, and another one may have started.
      if (this.#stop.signal.aborted) throw new Error('stopped before it was sent');
      this.#handedOver = true;
      this.#wait(this.#answerLimit);
      return next(args);
    };
  }
}

const stoppedBy = ({ reason }: AbortSignal): Stopped => new Stopped(boundError(reason), { cause: reason });
