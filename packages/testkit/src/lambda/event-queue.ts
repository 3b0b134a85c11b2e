import type { Clock, Millis } from '@reeve/core';
import type { LambdaCall, LambdaRun } from './types.ts';

export interface EventQueueOptions {
  readonly clock: Clock;
  readonly retryDelays: readonly Millis[];
  /** Runs the function once; a rejection is a failed run. */
  readonly run: (call: LambdaCall, run: number) => Promise<unknown>;
}

/** Lambda's queue of asynchronous events: each is run at least once, later than its 202, and again after a failure. */
export class EventQueue {
  readonly runs: LambdaRun[] = [];
  readonly #options: EventQueueOptions;
  readonly #underWay = new Set<Promise<void>>();
  readonly #closed = new AbortController();

  constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  accept(call: LambdaCall): void {
    this.#start(call, 1);
  }

  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  close(): void {
    this.#closed.abort();
  }

  #start(call: LambdaCall, run: number): void {
    const running = this.#run(call, run).finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
  }

  async #run(call: LambdaCall, run: number): Promise<void> {
    // The 202 goes out first: on Lambda, too, no function runs inside the call that queued its event.
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#closed.signal.aborted) return;
    const { requestId, functionName } = call;
    try {
      await this.#options.run(call, run);
      this.runs.push({ requestId, functionName, run });
    } catch (error) {
      this.runs.push({ requestId, functionName, run, error });
      void this.#again(call, run);
    }
  }

  async #again(call: LambdaCall, run: number): Promise<void> {
    const wait = this.#options.retryDelays[run - 1];
    if (wait === undefined) return;
    await this.#options.clock.sleep(wait, this.#closed.signal);
    if (!this.#closed.signal.aborted) this.#start(call, run + 1);
  }
}
