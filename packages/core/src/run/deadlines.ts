import type { EpochMs, Millis } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { Bag, type InBag } from './bag.ts';
import { over } from './over.ts';

export interface Deadline extends InBag {
  readonly at: EpochMs;
  readonly act: () => void;
}

/**
 * The longest sleep. A sleep lasts so long whatever the clock is set to meanwhile: one begun while the clock was back, and not yet over
 * when it is right again, would let the deadlines made since then pass. They are late by this much at most, which is less than a lease
 * lasts beyond the time of its attempt.
 */
const SLICE: Millis = 500;

/**
 * Calls back when an instant has come; one sleep of the clock serves all, since an attempt must not cost a timer.
 * A callback may add and cancel deadlines.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #pending = new Bag<Deadline>();
  #lingers: boolean;
  #nextWake = Number.POSITIVE_INFINITY;
  #wake: AbortController | undefined;

  /**
   * @param lingers the sleep goes on while nothing is pending, until `close`: where deadlines come and go by the thousand, ending it
   * and beginning it anew costs more than they do. Else it ends with the last of them, so that it holds no process open
   */
  constructor(clock: Clock, { lingers = false }: { readonly lingers?: boolean } = {}) {
    this.#clock = clock;
    this.#lingers = lingers;
  }

  add(at: EpochMs, act: () => void): Deadline {
    const deadline = { at, act, place: -1 };
    this.#pending.add(deadline);
    if (at < this.#nextWake) this.#sleepUntil(at);
    return deadline;
  }

  cancel(deadline: Deadline): void {
    this.#pending.delete(deadline);
    if (!this.#lingers) this.#restIfEmpty();
  }

  /** As if the instant of each had come. */
  actAll(): void {
    for (const deadline of this.#pending.all) this.#act(deadline);
    this.#restIfEmpty();
  }

  /** Lingers no more. */
  close(): void {
    this.#lingers = false;
    this.#restIfEmpty();
  }

  #restIfEmpty(): void {
    if (this.#pending.size > 0 || !this.#wake) return;
    over(this.#wake);
    this.#wake = undefined;
    this.#nextWake = Number.POSITIVE_INFINITY;
  }

  #sleepUntil(at: EpochMs): void {
    if (this.#wake) over(this.#wake);
    const wake = new AbortController();
    this.#wake = wake;
    const now = this.#clock.now();
    this.#nextWake = Math.min(at, now + SLICE);
    void this.#clock.sleep(Math.max(0, this.#nextWake - now), wake.signal).then(() => {
      if (this.#wake === wake) this.#fire();
    });
  }

  #fire(): void {
    this.#wake = undefined;
    this.#nextWake = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (const deadline of this.#pending.all) if (deadline.at <= now) this.#act(deadline);
    let next = this.#nextWake; // a callback may have set it
    for (const { at } of this.#pending.all) next = Math.min(next, at);
    if (next < this.#nextWake) this.#sleepUntil(next);
  }

  #act(deadline: Deadline): void {
    if (!this.#pending.has(deadline)) return; // cancelled by a callback before it
    this.#pending.delete(deadline);
    deadline.act();
  }
}
