import type { EpochMs, Millis } from '../domain/time.ts';

/** The only source of time in core. */
export interface Clock {
  now(): EpochMs;
  /**
   * Resolves after `wait` milliseconds, or as soon as `signal` aborts; it never rejects. A manual clock
   * resolves it when a test moves the time past it.
   */
  sleep(wait: Millis, signal?: AbortSignal): Promise<void>;
}
