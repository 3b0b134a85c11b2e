import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { Chance, Clock, Millis, Sample } from '@reeve/core';
import { sampleOf } from '../answer/sample-of.ts';
import { LANES } from '../client/own-client.ts';
import type { CloudwatchQuery } from '../query/types.ts';
import { BackOff } from './back-off.ts';
import { type Failure, failureOf } from './failure.ts';
import { inputOf } from './input-of.ts';
import { readPages } from './pages.ts';
import { type Call, planCalls } from './plan-calls.ts';
import { Refusals } from './refusals.ts';

export interface CallerParts {
  readonly client: CloudWatchClient;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly requestTimeout: Millis;
}

/** Calls that one read may make beyond those that it needs, to find out which of its queries CloudWatch refuses. */
const MOST_SEARCHES = 24;

/** One read under way. */
interface Reading {
  readonly samples: Map<string, Sample>;
  readonly waiting: Call[];
  readonly signal: AbortSignal;
  searches: number;
}

/** Asks CloudWatch for queries that differ, in as few calls as will do, and answers a sample for each, by its key. Never throws. */
export class Caller {
  readonly #parts: CallerParts;
  readonly #backOff: BackOff;
  readonly #refusals: Refusals;

  constructor(parts: CallerParts) {
    this.#parts = parts;
    this.#backOff = new BackOff(parts.clock, parts.chance);
    this.#refusals = new Refusals(parts.clock);
  }

  async read(queries: readonly CloudwatchQuery[], signal: AbortSignal): Promise<ReadonlyMap<string, Sample>> {
    const samples = new Map<string, Sample>();
    for (const { key } of queries) {
      const error = this.#refusals.whyNot(key);
      if (error) samples.set(key, { kind: 'failed', error });
    }
    const due = queries.filter(({ key }) => !samples.has(key));
    const alone = due.filter(({ key }) => this.#refusals.has(key));
    const together = due.filter(({ key }) => !this.#refusals.has(key));
    const waiting = [...planCalls(together), ...alone.flatMap((query) => planCalls([query]))];
    const reading: Reading = { samples, waiting, signal, searches: MOST_SEARCHES };
    await Promise.all(Array.from({ length: LANES }, () => this.#work(reading)));
    return samples;
  }

  /** One lane: call after call, until none waits. A call that is cut in two leaves its halves for any lane. */
  async #work(reading: Reading): Promise<void> {
    for (let call = reading.waiting.shift(); call; call = reading.waiting.shift()) await this.#make(call, reading);
  }

  async #make(call: Call, reading: Reading, isRepeated = false): Promise<void> {
    const { client, clock, requestTimeout } = this.#parts;
    if (this.#backOff.isOn()) return fail(call, reading, new Error('CloudWatch throttles GetMetricData; it is left alone for a while'));
    const now = clock.now();
    try {
      const found = await readPages(inputOf(call, now), { client, limit: requestTimeout, signal: reading.signal });
      this.#backOff.answered();
      for (const query of call.queries) {
        this.#refusals.forget(query.key);
        reading.samples.set(query.key, sampleOf(query, found.get(call.items.get(query.item.key)?.id ?? ''), now));
      }
    } catch (cause) {
      const failure = failureOf(cause);
      // What is read may be read again, and the next connection is a new one.
      if (failure.kind === 'lost' && !isRepeated && !reading.signal.aborted) return this.#make(call, reading, true);
      if (failure.kind === 'throttled') this.#backOff.throttled();
      if (failure.kind === 'refused') this.#divide(call, reading, failure);
      else fail(call, reading, failure.error);
    }
  }

  /** One query that CloudWatch refuses takes its whole call with it: the call is halved until the query stands alone. */
  #divide(call: Call, reading: Reading, { error }: Failure): void {
    const [first, ...others] = call.queries;
    if (first && others.length === 0) this.#refusals.add(first.key, error);
    if (others.length === 0 || reading.searches < 2) {
      fail(call, reading, error);
      return;
    }
    reading.searches -= 2;
    const middle = Math.ceil(call.queries.length / 2);
    for (const half of [call.queries.slice(0, middle), call.queries.slice(middle)]) reading.waiting.push(...planCalls(half));
  }
}

const fail = ({ queries }: Call, { samples }: Reading, error: Error): void => {
  for (const { key } of queries) samples.set(key, { kind: 'failed', error });
};
