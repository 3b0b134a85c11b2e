import { type Clock, type EpochMs, type Handler, type Millis, RetryAfterError, SECOND, type TaskContext } from '@reeve/core';
import type { Stream } from '../sim/stream.ts';
import type { Downstream, Load } from './models/model.ts';
import type { Service } from './service.ts';
import { StrainBook } from './strain-book.ts';

export interface StageParts {
  readonly clock: Clock;
  readonly downstream: Downstream;
  readonly service: Service;
  readonly chance: Stream;
  /** The longest that one attempt may work. */
  readonly lease: Millis;
}

/** Where the work is done: attempts come to the downstream, and take and come to what it says. */
export class Stage {
  readonly #parts: StageParts;
  readonly #start: EpochMs;
  /** When those of the last second came, and where the first of them is. */
  #came: Millis[] = [];
  #first = 0;
  readonly strains: StrainBook = new StrainBook();
  running: number = 0;

  constructor(parts: StageParts) {
    this.#parts = parts;
    this.#start = parts.clock.now();
  }

  get at(): Millis {
    return this.#parts.clock.now() - this.#start;
  }

  get load(): Load {
    const { at } = this;
    while (this.#first < this.#came.length && (this.#came[this.#first] as Millis) <= at - SECOND) this.#first += 1;
    if (this.#first > 10_000) {
      this.#came = this.#came.slice(this.#first);
      this.#first = 0;
    }
    return { at, running: this.running, perSecond: this.#came.length - this.#first };
  }

  get strain(): number | undefined {
    return this.#parts.downstream.strain(this.load);
  }

  get metrics(): Readonly<Record<string, number>> {
    return this.#parts.downstream.metrics(this.load);
  }

  /** To be called now and then as well: strain may change by time alone. */
  note(): void {
    this.strains.note(this.at, this.strain);
  }

  readonly handler: Handler = async (_, context: TaskContext) => {
    const { clock, downstream, service, chance, lease } = this.#parts;
    const alone = typeof service === 'number' ? service : service(chance);
    this.#came.push(this.at);
    const { took, failure } = downstream.serve(this.load, Math.max(1, alone));
    this.running += 1;
    this.note();
    try {
      // A signal costs something, and is needed only by whom the lease will not suffice.
      const signal = took >= lease ? context.signal : undefined;
      await clock.sleep(took, signal);
      if (signal?.aborted) throw new Error(`TimedOut: not done within ${lease} ms`);
    } finally {
      this.running -= 1;
      this.note();
    }
    if (failure?.retryAfter !== undefined) throw new RetryAfterError(failure.error, failure.retryAfter);
    if (failure) throw new Error(failure.error);
  };
}
