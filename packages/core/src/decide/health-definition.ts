import type { AdaptiveKind } from '../domain/adaptive.ts';
import type { Health } from '../domain/health.ts';
import type { Json } from '../domain/json.ts';
import type { Millis } from '../domain/time.ts';

/** A level of health by name, or by number as sosw writes it. */
export type HealthLevel = keyof typeof Health | Health | `${Health}`;

type ByLevel<Value> = Readonly<Partial<Record<keyof typeof Health | `${Health}`, Value>>>;

/** By level: the comparison that must hold, such as "<= 25". Bad is what is left. */
export type LevelDefinitions = ByLevel<string>;

/** How the values of a metric count. Lengths of time are whole milliseconds. */
export interface MetricRules {
  /** While there is no data: what was last seen, or a level. Default: as the labourer's. */
  readonly onMissing?: 'hold' | HealthLevel;
  /** How often it is read, at most. Default: the query's `period` in seconds, if it has one; of CloudWatch 60 s, else 10 s. */
  readonly every?: Millis;
  /** A value that was measured longer ago counts as none. Default 5 times `every`; of CloudWatch, or with a period, at least 5 minutes. */
  readonly staleAfter?: Millis;
  /** Health rises only after the values have allowed it for so long; it falls at once. Default 0. */
  readonly hysteresis?: Millis;
  /** The half-life of the mean by which values count. Default 0: each as it is. */
  readonly smoothing?: Millis;
}

export interface MetricDefinition extends MetricRules {
  /** Which source has it, such as "cloudwatch", "prometheus" or "probe". */
  readonly source: string;
  /** What the source is asked, in its own words. */
  readonly query: Json;
  readonly levels: LevelDefinitions;
}

/** What sosw passes on to CloudWatch. */
export interface SoswDetails {
  readonly Namespace?: string;
  /** CloudWatch calls it MetricName, sosw's documented example Name. */
  readonly MetricName?: string;
  readonly Name?: string;
  readonly Dimensions?: Json;
  /** Seconds. */
  readonly Period?: number;
  readonly Statistics?: Json;
}

/** One entry of sosw's `health_metrics`, as it stands. The details may also lie beside the feelings, as in sosw's older examples. */
export interface SoswMetricDefinition extends SoswDetails, MetricRules {
  readonly details?: SoswDetails & Readonly<Record<string, Json | undefined>>;
  /** By level: the value that must compare so. */
  readonly feelings: ByLevel<number | string>;
  /** "<=" or "le", and so on. */
  readonly feeling_comparison_operator: string;
}

/** By name: in Reeve's own form, or as in sosw. */
export type MetricDefinitions = Readonly<Record<string, MetricDefinition | SoswMetricDefinition>>;

/** What the attempts of a labourer tell of its health, over all processes. */
export type OutcomeName = 'failureRatio' | 'timeoutRatio' | 'throttleRatio' | 'latencyRatio';

export interface OutcomeDefinition extends MetricRules {
  readonly levels: LevelDefinitions;
}

export interface AdaptiveDefinition {
  readonly kind: AdaptiveKind;
  /** Never less, while health is not Bad. Default 1. */
  readonly floor?: number;
  /** Never more. Default: the cap. */
  readonly ceiling?: number;
  /** Where it begins. Default: a quarter of the ceiling. */
  readonly initial?: number;
  /** How long attempts are counted before the cap is worked out anew. Default 5 s. */
  readonly window?: Millis;
}

export interface BreakerDefinition {
  /** The share of failed attempts from which on it opens, above 0 and at most 1. Default 0.5. */
  readonly failures?: number;
  /** Of at least so many attempts in a window. Default 10. */
  readonly atLeast?: number;
  /** How long nothing is started then, before one attempt probes. Default 30 s. */
  readonly openFor?: Millis;
}

/** What a labourer's health is read from, and what follows from it. */
export interface HealthDefinition {
  /** The share of the cap, 0 to 1, by level: its name or its number. Default, as in sosw: High 1, Good 0.75, Moderate 0.5, Poor 0, Bad 0. */
  readonly coefficients?: ByLevel<number | string>;
  /** What to assume while nobody can tell: what was last seen, or a level. Default 'hold'. */
  readonly onMissing?: 'hold' | HealthLevel;
  /** Numbers about what it depends on, by name; or the names of metrics that are defined once for all. The worst counts. */
  readonly metrics?: MetricDefinitions | readonly string[];
  /** What its own attempts came to, as far as that tells of its health. Without data, High is assumed unless `onMissing` says otherwise. */
  readonly outcomes?: Readonly<Partial<Record<OutcomeName, OutcomeDefinition>>>;
  /** How the cap follows the attempts. Default: it does not. */
  readonly adaptive?: AdaptiveKind | AdaptiveDefinition;
  /** Stops starting attempts when too many fail, and probes with one. Default: it does not. */
  readonly breaker?: boolean | BreakerDefinition;
  /** Everything is read, decided and told, and the whole cap stays in force. Default false. */
  readonly dryRun?: boolean;
}
