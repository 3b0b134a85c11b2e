import type { Health } from './health.ts';
import type { Json } from './json.ts';
import type { OnMissingHealth } from './labourer.ts';
import type { Millis } from './time.ts';

export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** The health is this, or better, where the value compares so. */
export interface MetricLevel {
  readonly health: Health;
  readonly comparison: Comparison;
  readonly than: number;
}

/** A number about something that workers depend on, and what it says of its health. Made of a definition, every field checked. */
export interface Metric {
  /** For people: "orders-db.cpu". */
  readonly name: string;
  /** Which source has it: "cloudwatch". */
  readonly source: string;
  /** What the source is asked, in its own words. Metrics of one source whose queries are equal share one reading. */
  readonly query: Json;
  /** The highest health first. The first that holds counts; if none does, health is Bad. */
  readonly levels: readonly MetricLevel[];
  /** While there is no data. Absent: as the labourer's. */
  readonly onMissing?: OnMissingHealth;
  /** A sample that is older counts as none. */
  readonly staleAfter: Millis;
  /** How often the source is asked, at most. */
  readonly every: Millis;
  /** Health rises only after the values have allowed it for so long; it falls at once. 0: at once. */
  readonly hysteresis: Millis;
  /** The half-life of the exponentially weighted mean of the values. 0: each value counts as it is. */
  readonly smoothing: Millis;
}
