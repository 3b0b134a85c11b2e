import type { Clock, Millis } from '@reeve/core';

export type InvocationType = 'Event' | 'RequestResponse' | 'DryRun';

/** What a handler is told beside its event. A small part of what Lambda gives. */
export interface LambdaContext {
  readonly functionName: string;
  /** The version or alias that was asked for. Without one, `$LATEST`. */
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  /** The same for all runs of one event, as on Lambda. */
  readonly awsRequestId: string;
  /** What a synchronous caller told beside the event, out of its JSON. */
  readonly clientContext?: unknown;
  /** Which run of this event, from 1. Lambda does not tell its functions; tests want to know. */
  readonly run: number;
}

/** A function as Lambda runs it: the parsed event in, a value or a throw out. */
// biome-ignore lint/suspicious/noExplicitAny: each handler knows the type of its own event; `any` lets it say so
export type LambdaHandler<Event = any> = (event: Event, context: LambdaContext) => unknown;

/** One request as it came in, whatever it was answered. */
export interface LambdaCall {
  readonly requestId: string;
  readonly functionName: string;
  readonly qualifier?: string;
  readonly invocationType: InvocationType;
  /** The event, byte for byte. */
  readonly body: Uint8Array;
  /** The same as text. */
  readonly text: string;
  /** Of a synchronous call, as JSON text. */
  readonly clientContext?: string;
}

/**
 * What goes wrong with one call.
 * - `error`   Lambda answers with this status, type and message
 * - `reset`   the connection is cut without an answer
 * - `silent`  no answer ever comes, and the connection stays open
 * - `slow`    the answer is the usual one, but not before `until`
 *
 * `accepted: true` with the first three: Lambda has taken the event all the same, and the function runs; only the answer does not say
 * so. Without it the function does not run.
 */
export type LambdaFault =
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly type: string;
      readonly message: string;
      /** For the header Retry-After, in seconds. */
      readonly retryAfter?: number;
      /** Further members of the body, such as `Reason`. */
      readonly details?: Readonly<Record<string, string>>;
      readonly accepted?: boolean;
    }
  | { readonly kind: 'reset' | 'silent'; readonly accepted?: boolean }
  | { readonly kind: 'slow'; readonly until: Promise<unknown> };

/** Where Lambda sends the record of an asynchronous invocation: to a function, in the end. */
export interface LambdaDestination {
  readonly functionName: string;
  /** What the record goes through, and the function's event has around it. Absent: nothing; the event is the record. */
  readonly through?: 'sqs' | 'sns' | 'eventbridge';
}

/** How Lambda treats the asynchronous events of a function. */
export interface LambdaEventSettings {
  readonly onSuccess?: LambdaDestination;
  /** After the last run of an event that failed, and for one that was too old. */
  readonly onFailure?: LambdaDestination;
  /** Further runs of a failing event. Default: as many as there are `retryDelays`. */
  readonly maximumRetryAttempts?: number;
  /** Older events are not run. Default 6 hours, as on Lambda. */
  readonly maximumEventAge?: Millis;
}

export interface LambdaEndpointOptions {
  /** By name; or by name and qualifier, `thumbnails:PROD`. A qualifier that is not named here is not there. */
  readonly functions: Readonly<Record<string, LambdaHandler>>;
  /** By name, as `functions`. */
  readonly events?: Readonly<Record<string, LambdaEventSettings>>;
  /** How often an asynchronous event is delivered, though none of it fails: Lambda may do so twice. Default once. */
  readonly deliveries?: (call: LambdaCall) => number;
  /** Looked at for each call for which nothing was scripted with `next`. */
  readonly fault?: (call: LambdaCall) => LambdaFault | undefined;
  /** What the waits between the runs of a failing event are counted on. Default the system's. */
  readonly clock?: Clock;
  /** How long a failed event waits before its second and its third run. Default one and two minutes, as on Lambda. */
  readonly retryDelays?: readonly Millis[];
  /** In bytes. Default 1 MiB. */
  readonly maxEventBytes?: number;
  readonly region?: string;
  /** Default 0: any free one. */
  readonly port?: number;
}

/** How one run of a function for an asynchronous event ended. */
export interface LambdaRun {
  readonly requestId: string;
  readonly functionName: string;
  /** From 1. */
  readonly run: number;
  readonly error?: unknown;
}

export interface LambdaEndpoint {
  /** For the SDK's `endpoint`: "http://127.0.0.1:40123". */
  readonly url: string;
  /** All requests so far, in the order in which they came in. */
  readonly calls: readonly LambdaCall[];
  /** How many connections were opened so far. A client that keeps its connections needs no more than it has requests under way. */
  readonly connections: number;
  /** All ended runs for asynchronous events. */
  readonly runs: readonly LambdaRun[];
  /** Adds a function, or puts another in its place. */
  deploy(name: string, handler: LambdaHandler, events?: LambdaEventSettings): void;
  /** Throttles a function: its asynchronous events wait in Lambda's queue, where they may grow too old, until `release`. */
  hold(name: string): void;
  release(name: string): void;
  /** Scripts the next calls, one fault each; `undefined` is a call that goes well. */
  next(...faults: readonly (LambdaFault | undefined)[]): void;
  /** Resolves when no run is under way; events that wait for another run do not count. */
  settled(): Promise<void>;
  /** Cuts all connections and forgets events that wait. */
  close(): Promise<void>;
}
