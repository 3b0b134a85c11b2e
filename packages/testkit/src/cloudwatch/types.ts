import type { Clock, EpochMs } from '@reeve/core';

/** A metric as CloudWatch tells it from others. */
export interface CloudwatchMetric {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  /** Whose it is. Default: whoever asks. */
  readonly account?: string;
  readonly unit?: string;
}

/** One of the queries of a call, as it came in. */
export interface CloudwatchQuery {
  readonly Id: string;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Period: number;
    readonly Stat: string;
    readonly Unit?: string;
  };
  readonly Expression?: string;
  readonly Period?: number;
  readonly ReturnData?: boolean;
  readonly AccountId?: string;
}

/** One GetMetricData request, whatever it was answered. */
export interface CloudwatchCall {
  readonly queries: readonly CloudwatchQuery[];
  readonly start: EpochMs;
  readonly end: EpochMs;
  readonly nextToken?: string;
}

export type CloudwatchStatus = 'Complete' | 'InternalError' | 'PartialData' | 'Forbidden';

/**
 * What goes wrong with one call.
 * - `error`    CloudWatch answers with this status and code
 * - `reset`    the connection is cut without an answer
 * - `silent`   no answer ever comes, and the connection stays open
 * - `slow`     the answer is the usual one, but not before `until`
 * - `garbage`  a 200 with a text that is no JSON
 * - `results`  the results of some queries have this status, and `points` of their newest points (default none)
 */
export type CloudwatchFault =
  | { readonly kind: 'error'; readonly status: number; readonly code: string; readonly message: string }
  | { readonly kind: 'reset' | 'silent' | 'garbage' }
  | { readonly kind: 'slow'; readonly until: Promise<unknown> }
  | {
      readonly kind: 'results';
      readonly status: CloudwatchStatus;
      readonly of?: (query: CloudwatchQuery) => boolean;
      readonly points?: number;
    };

export interface CloudwatchEndpointOptions {
  /** Looked at for each call for which nothing was scripted with `next`. */
  readonly fault?: (call: CloudwatchCall) => CloudwatchFault | undefined;
  /** For what is put without an instant. Default the system's. */
  readonly clock?: Clock;
  /** The most points in one answer; the rest takes another call with `NextToken`. Default 100,800. */
  readonly maxDatapoints?: number;
  /** Default 0: any free one. */
  readonly port?: number;
}

export interface CloudwatchEndpoint {
  /** For the SDK's `endpoint`: "http://127.0.0.1:40123". */
  readonly url: string;
  /** All calls so far, in the order in which they came in. */
  readonly calls: readonly CloudwatchCall[];
  /** How many connections were opened so far. */
  readonly connections: number;
  /** How many calls are without an answer while whoever sent them still waits. */
  readonly underWay: number;
  /** A value is measured: at `at`, or now. NaN and the infinite ones are for tests; CloudWatch itself takes none. */
  put(metric: CloudwatchMetric, value: number, at?: EpochMs): void;
  /** Scripts the next calls, one fault each; `undefined` is a call that goes well. */
  next(...faults: readonly (CloudwatchFault | undefined)[]): void;
  /** Cuts all connections. */
  close(): Promise<void>;
}
