import type { Clock, EpochMs, Millis } from '@reeve/core';
import type { Scheduler } from './scheduler.ts';
import { Stream } from './stream.ts';

/** So many timers that fire within one second are those of a loop that waits for nothing. The busiest sound process seen had 13. */
const BUSY = 60;

/**
 * One process of a simulation, from its start to its crash or end. A crash is silence: nothing that was under way comes back to it,
 * its timers never fire, and what it still asks for in the turn of its death reaches nobody. What it had sent stays on its way.
 */
export class Life {
  readonly node: SimNode;
  readonly clock: Clock;
  /** For the work that runs in it, whose sleeps are its own affair. */
  readonly workClock: Clock;
  readonly chance: Stream;
  readonly name: string;
  alive: boolean = true;
  /** How many sleep on `clock`: none may be left when a service has ended. */
  sleeping: number = 0;
  readonly #onDeath: (() => void)[] = [];
  #second = 0;
  #wakes = 0;

  constructor(node: SimNode, number: number, seed: number) {
    this.node = node;
    this.name = `${node.name}.${number}`;
    this.chance = new Stream(seed, this.name.replaceAll('.', '-'));
    const clock = { now: () => node.now(), elapsed: () => node.scheduler.now() };
    this.clock = { ...clock, sleep: (wait, signal) => this.#sleep(wait, signal, 1) };
    this.workClock = { ...clock, sleep: (wait, signal) => this.#sleep(wait, signal, 0) };
  }

  /** What comes from outside: dropped if nobody is left to take it, and held back while the process stands still. */
  receive(act: () => void): void {
    if (!this.alive) return;
    const wait = this.node.pausedFor();
    if (wait > 0) this.node.scheduler.after(wait, () => this.receive(act));
    else act();
  }

  /** The answer to something it asked of another process. */
  hear<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve) => {
      answer.then(
        (value) => this.receive(() => resolve(value)),
        () => this.receive(() => resolve(answer)), // and with it its failure
      );
    });
  }

  onDeath(act: () => void): void {
    this.#onDeath.push(act);
  }

  end(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const act of this.#onDeath) act();
  }

  #countWake(): void {
    const second = Math.floor(this.node.scheduler.now() / 1_000);
    this.#wakes = second === this.#second ? this.#wakes + 1 : 1;
    this.#second = second;
    this.node.mostWakes = Math.max(this.node.mostWakes, this.#wakes);
    if (this.#wakes === BUSY) this.node.onBusy?.(this.#wakes);
  }

  #sleep(wait: Millis, signal: AbortSignal | undefined, counts: 0 | 1): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      // Nothing wakes the dead but a signal of their own, which is only given when the run is over, to let go of them.
      if (!this.alive) return signal?.addEventListener('abort', () => resolve(), { once: true });
      this.sleeping += counts;
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        happening.cancelled = true;
        this.sleeping -= counts;
        resolve();
      };
      // A timer takes a millisecond at least, as Node's do: a loop that sleeps for nothing is seen to be busy, and does not stop the time.
      const fire = (): void => {
        if (happening.cancelled) return;
        if (counts) this.#countWake();
        wake();
      };
      const happening = this.node.scheduler.after(Math.max(1, wait), () => this.receive(fire));
      signal?.addEventListener('abort', wake);
    });
  }
}

/** A place where processes live, one after another, by one name and one clock. */
export class SimNode {
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly #seed: number;
  #lives = 0;
  #pausedUntil: EpochMs = 0;
  #offset: Millis;
  /** When its clock was last set to another time, on the world's time. */
  clockSetAt: EpochMs = Number.NEGATIVE_INFINITY;
  /** The most timers of one process that fired within one second of the world. */
  mostWakes: number = 0;
  /** Called when they are so many that the process does nothing else. */
  onBusy: ((wakes: number) => void) | undefined;
  life: Life | undefined;

  /** @param offset how far its clock is off the world's, in milliseconds */
  constructor(name: string, scheduler: Scheduler, seed: number, offset: Millis) {
    this.name = name;
    this.scheduler = scheduler;
    this.#seed = seed;
    this.#offset = offset;
  }

  now(): EpochMs {
    return this.scheduler.now() + this.#offset;
  }

  /** Sets its clock on, or back. */
  shiftClock(by: Millis): void {
    this.#offset += by;
    this.clockSetAt = this.scheduler.now();
  }

  begin(): Life {
    this.life?.end();
    this.#lives += 1;
    this.#pausedUntil = 0;
    this.life = new Life(this, this.#lives, this.#seed);
    return this.life;
  }

  crash(): void {
    this.life?.end();
    this.life = undefined;
  }

  /** Nothing reaches it, and it does nothing, for so long: a long collection of garbage, a machine that is moved, a frozen function. */
  pause(wait: Millis): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.scheduler.now() + wait);
  }

  pausedFor(): Millis {
    return Math.max(0, this.#pausedUntil - this.scheduler.now());
  }

  /** When it last stood still, or stands still yet. */
  get pausedUntil(): EpochMs {
    return this.#pausedUntil;
  }
}
