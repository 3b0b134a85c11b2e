import type { Failure } from '../api.ts';

/** What Reeve keeps of an error, in UTF-16 units. */
const LONGEST = 2_048;

/** By shape and by name, not by class: errors of @reeve/core, of another copy of this package or of one's own count as well. Never throws. */
export const failureOf = (thrown: unknown): Failure => {
  try {
    const { name, message, retryable, retryAfter } = Object(thrown) as Readonly<Record<string, unknown>>;
    return {
      error: textOf(thrown, name, message).slice(0, LONGEST).toWellFormed(),
      ...((retryable === false || name === 'NonRetryableError') && { retryable: false }),
      ...(typeof retryAfter === 'number' && retryAfter >= 0 && retryAfter < Infinity && { retryAfter }),
    };
  } catch {
    return { error: 'an error that cannot be described' };
  }
};

/** "Name: message", as core writes it: rules of retry go by the name. No object's content is dumped. */
const textOf = (thrown: unknown, name: unknown, message: unknown): string => {
  if (thrown && typeof thrown === 'string') return thrown;
  if (typeof message === 'string') {
    const kind = typeof name === 'string' && name !== 'Error' ? name : '';
    return kind && message ? `${kind}: ${message}` : kind || message || 'an error without a message';
  }
  return `what is no error was thrown: ${thrown === null ? 'null' : typeof thrown}`;
};
