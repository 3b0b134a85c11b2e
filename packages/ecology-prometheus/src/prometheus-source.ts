import type { Json, MetricSource, Sample } from '@reeve/core';
import { addressOf } from './address.ts';
import { type AskParts, ask } from './ask/ask.ts';
import { checkOptions, type PrometheusEcologyOptions } from './options.ts';
import { readQuery } from './query/read-query.ts';

/**
 * Reads metrics of Prometheus, by instant queries. Its interface takes one query in a request, so each is a request of its own: joined
 * ones would fail together, and an `or` of all would have to know what each answers.
 */
export class PrometheusSource implements MetricSource {
  readonly name: string;
  readonly #parallelism: number;
  readonly #parts: AskParts;

  /** @throws ReeveError INVALID_PROMETHEUS_ECOLOGY */
  constructor(options: PrometheusEcologyOptions) {
    checkOptions(options);
    const { name = 'prometheus', parallelism = 8, requestTimeout = 3_000, headers = {} } = options;
    const address = addressOf(options.url);
    this.name = name;
    this.#parallelism = parallelism;
    this.#parts = {
      url: address.url,
      headers: async () => ({ ...address.headers, ...sendable(typeof headers === 'function' ? await headers() : headers) }),
      fetch: options.fetch ?? ((...args) => globalThis.fetch(...args)),
      requestTimeout,
    };
  }

  check(query: Json): string | undefined {
    const read = readQuery(query);
    return read.kind === 'query' ? undefined : read.problem;
  }

  /** Never throws: what could not be read is answered as failed, each with the reason. */
  async read(queries: readonly Json[], signal: AbortSignal): Promise<readonly Sample[]> {
    const reads = queries.map(readQuery);
    const texts = new Set(reads.flatMap((each) => (each.kind === 'query' ? [each.text] : [])));
    const samples = await this.#askAll([...texts], signal);
    return reads.map((each): Sample => {
      if (each.kind === 'wrong') return { kind: 'failed', error: new Error(`the query ${each.problem}`) };
      return samples.get(each.text) ?? { kind: 'none' };
    });
  }

  async #askAll(texts: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Sample>> {
    const samples = new Map<string, Sample>();
    const waiting = [...texts];
    let unreachable: Error | undefined;
    const work = async (): Promise<void> => {
      for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) {
        // Where one found nobody, hundreds of others would, too; the next read tries again.
        const error = unreachable ?? (signal.aborted ? new Error('the read was stopped') : undefined);
        const asked = error ? ({ kind: 'unreachable', error } as const) : await ask(text, this.#parts, signal);
        if (asked.kind === 'unreachable') unreachable ??= asked.error;
        samples.set(text, asked.kind === 'answered' ? asked.sample : { kind: 'failed', error: asked.error });
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#parallelism, texts.length) }, work));
    return samples;
  }
}

/** What fetch says of a header that cannot be sent quotes it, and it may be a secret. */
const sendable = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  try {
    return Object.fromEntries(new Headers(headers));
  } catch {
    throw new Error('what makes the headers made some that cannot be sent; look for line breaks and signs beyond ASCII');
  }
};
