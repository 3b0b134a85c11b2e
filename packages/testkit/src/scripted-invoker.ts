import type { Delivery, InvokeContext, Invoker, Labourer, Lease } from '@reeve/core';

/** One call of `invoke`, as it came. */
export interface InvokerCall {
  readonly labourer: Labourer;
  readonly lease: Lease;
  readonly context: InvokeContext;
}

/** What to answer: a delivery, an `Error` to throw, or a function of the call and its number (from 0). */
export type InvokerAnswer = Delivery | Error | ((call: InvokerCall, number: number) => Delivery | Promise<Delivery>);

/** An invoker that answers what a test wrote down, and keeps what it was asked. */
export class ScriptedInvoker implements Invoker {
  /** Every call so far, the held ones included, in the order in which they came. */
  readonly calls: InvokerCall[] = [];
  readonly #script: readonly InvokerAnswer[];
  #held: (() => void)[] | undefined;
  #waiting: { readonly count: number; readonly wake: () => void }[] = [];

  /**
   * @param script one answer for all calls, or one for each in turn; the last one answers all that come after it.
   * Default: `accepted`
   */
  constructor(script: InvokerAnswer | readonly InvokerAnswer[] = { kind: 'accepted' }) {
    this.#script = Array.isArray(script) ? script : [script as InvokerAnswer];
  }

  async invoke(labourer: Labourer, lease: Lease, context: InvokeContext): Promise<Delivery> {
    const call = { labourer, lease, context };
    const number = this.calls.push(call) - 1;
    this.#wakeWaiters();
    // Only calls that come while it holds are held; `release` lets go of those, in their order.
    if (this.#held) await new Promise<void>((resolve) => this.#held?.push(resolve));
    const answer = this.#script[Math.min(number, this.#script.length - 1)] ?? { kind: 'accepted' };
    if (answer instanceof Error) throw answer;
    return typeof answer === 'function' ? await answer(call, number) : answer;
  }

  /** Calls that come from now on get no answer until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** Answers the held calls, and holds no more. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const go of held) go();
  }

  /** Resolves as soon as so many calls have come in all. */
  reached(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count, wake: resolve });
      this.#wakeWaiters();
    });
  }

  #wakeWaiters(): void {
    const ready = this.#waiting.filter(({ count }) => count <= this.calls.length);
    this.#waiting = this.#waiting.filter((each) => !ready.includes(each));
    for (const { wake } of ready) wake();
  }
}
