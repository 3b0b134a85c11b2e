/**
 * Where numbers about other systems come from: CloudWatch, Prometheus, a function. A source is dumb on purpose: it reads. What a number
 * says of health, how long it counts, and what to assume without it are core's.
 */
import type { Json } from '../domain/json.ts';
import type { EpochMs } from '../domain/time.ts';

/** The newest value of a metric, or why there is none. */
export type Sample =
  | { readonly kind: 'value'; readonly value: number /** When it was measured. */; readonly at: EpochMs }
  /** There is no data, and nothing is wrong. */
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface MetricSource {
  /** By which metrics name it: "cloudwatch". One of a kind in a composition. */
  readonly name: string;

  /** H1 Says what is wrong with a query before anything is read: the field, the value and the remedy. `undefined`: nothing is. */
  check(query: Json): string | undefined;

  /**
   * H2 Answers in the order of the queries, one sample for each. A query that fails or has no data takes none of the others with it.
   * H3 A value is finite, and its instant is that of its measuring, by the system that measured.
   * H4 As few requests as the system's interface allows; what is asked for twice is read once.
   * H5 Once the signal aborts, it ends soon, by an answer or by throwing; what it opened is closed.
   * @throws if none of them could be read: all count as failed
   */
  read(queries: readonly Json[], signal: AbortSignal): Promise<readonly Sample[]>;
}
