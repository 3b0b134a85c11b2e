import type { Clock, EpochMs, Millis } from '@reeve/core';
import type { EventEnd } from './destination-record.ts';
import type { LambdaResult } from './run-function.ts';
import type { LambdaCall, LambdaEventSettings, LambdaRun } from './types.ts';

export interface EventQueueOptions {
  readonly clock: Clock;
  readonly retryDelays: readonly Millis[];
  /** Runs the function once. */
  readonly run: (call: LambdaCall, run: number) => Promise<LambdaResult>;
  readonly settingsOf: (call: LambdaCall) => LambdaEventSettings;
  /** Told of each asynchronous event that will not be run again. */
  readonly ended: (end: Omit<EventEnd, 'functionArn'>) => void;
}

/** One event on its way. */
interface Waiting {
  readonly call: LambdaCall;
  readonly acceptedAt: EpochMs;
  readonly runs: number;
  readonly result?: LambdaResult;
}

const LONGEST_AGE: Millis = 6 * 3_600_000;

/** Lambda's queue of asynchronous events: each is run at least once, later than its 202, and again after a failure. */
export class EventQueue {
  readonly runs: LambdaRun[] = [];
  readonly #options: EventQueueOptions;
  readonly #underWay = new Set<Promise<void>>();
  readonly #closed = new AbortController();
  /** By function: those whose events wait, and how to let them go. */
  readonly #held = new Map<string, { readonly free: Promise<void>; readonly release: () => void }>();

  constructor(options: EventQueueOptions) {
    this.#options = options;
  }

  accept(call: LambdaCall): void {
    this.#start({ call, acceptedAt: this.#options.clock.now(), runs: 0 });
  }

  hold(functionName: string): void {
    if (this.#held.has(functionName)) return;
    let release!: () => void;
    const free = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#held.set(functionName, { free, release });
  }

  release(functionName: string): void {
    this.#held.get(functionName)?.release();
    this.#held.delete(functionName);
  }

  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  close(): void {
    this.#closed.abort();
  }

  #start(event: Waiting): void {
    const running = this.#next(event).finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
  }

  async #next(event: Waiting): Promise<void> {
    // The 202 goes out first: on Lambda, too, no function runs inside the call that queued its event.
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.#closed.signal.aborted) return;
    const { functionName } = event.call;
    if (this.#left(event) < 0) this.#end(event, 'EventAgeExceeded');
    else if (this.#held.has(functionName)) void this.#untilFree(event);
    else await this.#run(event);
  }

  async #run({ call, acceptedAt, runs }: Waiting): Promise<void> {
    const run = runs + 1;
    const { requestId, functionName } = call;
    const result = await this.#options.run(call, run);
    const isFailed = result.functionError !== undefined;
    this.runs.push({ requestId, functionName, run, ...(isFailed && { error: result.error }) });
    if (call.invocationType !== 'Event') return; // a synchronous one whose answer was lost: nobody runs it again, or keeps a record
    const event = { call, acceptedAt, runs: run, result };
    if (isFailed) void this.#again(event);
    else this.#end(event, 'Success');
  }

  async #again(event: Waiting): Promise<void> {
    const { retryDelays, settingsOf, clock } = this.#options;
    const { maximumRetryAttempts = retryDelays.length } = settingsOf(event.call);
    const wait = retryDelays[event.runs - 1] ?? retryDelays.at(-1);
    if (wait === undefined || event.runs > maximumRetryAttempts) return this.#end(event, 'RetriesExhausted');
    await clock.sleep(wait, this.#closed.signal);
    if (!this.#closed.signal.aborted) this.#start(event);
  }

  /** Throttled: until there is room, or the event is too old. */
  async #untilFree(event: Waiting): Promise<void> {
    const tired = new AbortController();
    const signal = AbortSignal.any([tired.signal, this.#closed.signal]);
    await Promise.race([this.#held.get(event.call.functionName)?.free, this.#options.clock.sleep(this.#left(event) + 1, signal)]);
    tired.abort();
    if (!this.#closed.signal.aborted) this.#start(event);
  }

  /** How long the event may still wait. */
  #left({ call, acceptedAt }: Waiting): Millis {
    const { maximumEventAge = LONGEST_AGE } = this.#options.settingsOf(call);
    return acceptedAt + maximumEventAge - this.#options.clock.now();
  }

  #end({ call, runs, result }: Waiting, condition: EventEnd['condition']): void {
    this.#options.ended({ call, condition, runs, ...(result && { result }), at: this.#options.clock.now() });
  }
}
