import type { ServiceIdentifier } from 'inversify';

/**
 * A part that does something later than it is asked to, such as gathering messages. A container is frozen between two invocations, with all its
 * timers, so handlers have it finish before they answer.
 */
export interface Flushable {
  /** Never throws. Ends soon, by itself or as the signal says. */
  flush(signal: AbortSignal): Promise<void>;
}
export const Flushable: ServiceIdentifier<Flushable> = Symbol.for('@reeve/lambda:Flushable');
