import type { World } from '../api.ts';
import type { AnswerWith } from './deliver.ts';

export interface HeartParts extends Pick<World, 'clock'> {
  /** Says that the work goes on. Absent: there is nobody to tell, and whoever invoked keeps the lease alive. */
  readonly tell: (() => Promise<AnswerWith<'alive'>>) | undefined;
  /** By itself, every third of what is left of the lease. */
  readonly isAutomatic: boolean;
  /** The handler is to stop so long before its time ends, or a quarter of that time, whichever is less. */
  readonly margin: number;
}

export interface Span {
  /** When the lease ends, on the store's clock. */
  readonly deadline: number;
  /** How long that is away, and how long the end of the invocation. Infinity: nobody knows. */
  readonly left: number;
  readonly platformLeft: number;
}

/**
 * Keeps an attempt alive while its handler works, and tells the handler when to stop. Counts from when it asked: however long the
 * answer took, the store gave at least this much. The store's instants are passed on and never compared with this clock.
 */
export class Heart {
  readonly #parts: HeartParts;
  readonly #stop = new AbortController();
  readonly #ended = new AbortController();
  readonly #platformStop: number;
  #leaseStop: number;
  /** By this clock. */
  leaseEnd: number;
  deadline: number;

  constructor(parts: HeartParts, { deadline, left, platformLeft }: Span) {
    this.#parts = parts;
    const now = parts.clock.now();
    this.deadline = deadline;
    this.leaseEnd = now + left;
    this.#leaseStop = now + this.#before(left);
    this.#platformStop = now + this.#before(platformLeft);
    void this.#watch();
    if (parts.isAutomatic) void this.#goOn();
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get #isOver(): boolean {
    return this.signal.aborted || this.#ended.signal.aborted;
  }

  /** How long until the handler is to stop. */
  remaining(): number {
    return this.#isOver ? 0 : Math.max(0, Math.min(this.#leaseStop, this.#platformStop) - this.#parts.clock.now());
  }

  /** @returns false if the handler is to stop. @throws if nobody knows whether the lease was renewed */
  async beat(): Promise<boolean> {
    const { clock, tell } = this.#parts;
    if (tell && !this.#isOver) {
      const asked = clock.now();
      const answer = await tell();
      if (answer.alive) {
        // Of two that overtook each other, the one that gives more.
        this.deadline = Math.max(this.deadline, answer.deadline);
        this.leaseEnd = Math.max(this.leaseEnd, asked + answer.left);
        this.#leaseStop = Math.max(this.#leaseStop, asked + this.#before(answer.left));
      } else if (answer.cancelled) this.stop('CancelledError', 'the task was cancelled');
      else this.stop('LeaseLostError', 'the lease is lost: another attempt may have started');
    }
    return !this.#isOver;
  }

  stop(name: string, message: string): void {
    if (!this.#isOver) this.#stop.abort(Object.assign(new Error(message), { name }));
  }

  /** The handler is done. */
  end(): void {
    this.#ended.abort();
  }

  #before(left: number): number {
    return left - Math.min(this.#parts.margin, left / 4);
  }

  /** A heartbeat may have come in between: then there is more to wait for. */
  async #watch(): Promise<void> {
    for (let wait = this.remaining(); wait > 0; wait = this.remaining()) await this.#parts.clock.sleep(wait, this.#ended.signal);
    this.stop('TimeoutError', 'the time of this attempt is up');
  }

  async #goOn(): Promise<void> {
    const { clock } = this.#parts;
    for (;;) {
      // What is not answered leaves less to wait for, so that there are several tries before the lease ends.
      await clock.sleep(Math.max(100, (this.leaseEnd - clock.now()) / 3), this.#ended.signal);
      if (this.#isOver) return;
      await this.beat().catch(() => {});
    }
  }
}
