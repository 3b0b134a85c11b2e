import type { Clock } from '@reeve/core';
import type { Logger } from '../logs/logger.ts';
import type { HandlerSettings } from './settings.ts';

/** What Lambda tells a function of its invocation, as far as it is used here. */
export interface InvocationContext {
  readonly awsRequestId: string;
  readonly functionName?: string;
  readonly invokedFunctionArn?: string;
  getRemainingTimeInMillis(): number;
}

export type Handler<Answer> = (event: unknown, context: InvocationContext) => Promise<Answer>;

export interface HandlerOptions extends HandlerSettings {
  /** Default: JSON lines on stdout. */
  readonly logger?: Logger;
  /** Default the system's. */
  readonly clock?: Clock;
}
