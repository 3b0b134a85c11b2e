import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { type Json, type Lifecycle, type MetricSource, type Sample, systemChance, systemClock } from '@reeve/core';
import { Caller } from './call/caller.ts';
import { checkRegion, ownClient } from './client/own-client.ts';
import { type CloudwatchSourceOptions, checkOptions } from './options.ts';
import { readQuery } from './query/read-query.ts';
import type { CloudwatchQuery } from './query/types.ts';

/** Reads metrics of CloudWatch: all that is asked for at once in as few GetMetricData as there can be. */
export class CloudwatchSource implements MetricSource, Lifecycle {
  readonly name: string;
  readonly #client: CloudWatchClient;
  readonly #own: boolean;
  readonly #caller: Caller;

  /** @throws ReeveError INVALID_CLOUDWATCH_ECOLOGY */
  constructor(options: CloudwatchSourceOptions = {}) {
    checkOptions(options);
    const { name = 'cloudwatch', client, requestTimeout = 3_000, clock = systemClock, chance = systemChance } = options;
    this.name = name;
    this.#own = client === undefined;
    this.#client = client ?? ownClient({ ...options, requestTimeout });
    this.#caller = new Caller({ client: this.#client, clock, chance, requestTimeout });
  }

  /**
   * Looks for a region, which no request can do without. Credentials are looked for with the first request: a role that cannot be
   * had for a moment must not keep an orchestrator from starting.
   * @throws ReeveError REGION_MISSING
   */
  async start(): Promise<void> {
    await checkRegion(this.#client);
  }

  /** Closes the connections, unless the client was given. May be called twice. */
  async close(): Promise<void> {
    if (this.#own) this.#client.destroy();
  }

  check(query: Json): string | undefined {
    const read = readQuery(query);
    return read.kind === 'query' ? undefined : read.problems.join('; ');
  }

  /** Never throws: what could not be read is answered as failed, each with the reason. */
  async read(queries: readonly Json[], signal: AbortSignal): Promise<readonly Sample[]> {
    const reads = queries.map(readQuery);
    const different = new Map<string, CloudwatchQuery>();
    for (const each of reads) if (each.kind === 'query') different.set(each.query.key, each.query);
    const samples = await this.#caller.read([...different.values()], signal);
    return reads.map((each): Sample => {
      if (each.kind === 'wrong') return { kind: 'failed', error: new Error(`the query ${each.problems.join('; ')}`) };
      return samples.get(each.query.key) ?? { kind: 'none' };
    });
  }
}
