import type { EpochMs, Millis } from '../domain/time.ts';

/** The only source of time in core. */
export interface Clock {
  now(): EpochMs;
  /**
   * Milliseconds since an instant that is nobody's concern, by a clock that nobody sets: for how long ago something was. Without it, that is
   * told by `now`, and is wrong once where somebody sets that to another time.
   */
  elapsed?(): Millis;
  /**
   * Resolves after `wait` milliseconds, or as soon as `signal` aborts; it never rejects. A manual clock
   * resolves it when a test moves the time past it.
   */
  sleep(wait: Millis, signal?: AbortSignal): Promise<void>;
}
