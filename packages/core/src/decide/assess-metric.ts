import { Health, type Reading } from '../domain/health.ts';
import type { OnMissingHealth } from '../domain/labourer.ts';
import type { Metric } from '../domain/metric.ts';
import { type EpochMs, MINUTE, type Millis } from '../domain/time.ts';
import type { Sample } from '../ports/metric-source.ts';
import { boundError, boundText } from './bound-text.ts';
import { nameOf } from './cap.ts';
import { levelOf, whyLevel } from './metric-levels.ts';

/** What is remembered of a metric from one look to the next, for one labourer. */
export interface MetricState {
  /** The last value that counted, smoothed, and when it was measured. */
  readonly last?: { readonly value: number; readonly at: EpochMs };
  /** In force since the last look. Absent: there was none to tell of. */
  readonly health?: Health;
  /** Since when the values have allowed a health that is not in force yet, or a better one: by level. */
  readonly allowedSince: Readonly<Partial<Record<Health, EpochMs>>>;
  /** Why the health in force is what it is: "71 > 50". */
  readonly why: string;
}

export const NO_STATE: MetricState = { allowedSince: {}, why: '' };

/** More than clocks of one system are apart. */
const CLOCKS_APART: Millis = MINUTE;

const LONGEST_ERROR = 200;

/**
 * One look at a metric. The same sample again changes nothing, so that it does not matter how often one looks.
 * @param rule what to assume while there is no data
 * @param now of this process
 */
export const assessMetric = (
  metric: Metric,
  rule: OnMissingHealth,
  state: MetricState,
  sample: Sample,
  now: EpochMs,
): { readonly state: MetricState; readonly reading: Reading } => {
  const known = knownBefore(state, now);
  const lack = lackOf(metric, sample, now);
  if (lack !== undefined || sample.kind !== 'value') return withoutData(metric, rule, known, lack ?? '');
  // A clock that is a little ahead is not believed: what is measured next would be older than this.
  const last = mix(known.last, { value: sample.value, at: Math.min(sample.at, now) }, metric.smoothing);
  const allowed = levelOf(metric.levels, last.value);
  const { health, allowedSince } = rise(known, allowed, last.at, metric.hysteresis);
  const waits = health < allowed ? `, and ${nameOf(allowed)} not for ${metric.hysteresis / 1_000} s yet` : '';
  const why = `${whyLevel(metric.levels, last.value)}${waits}`;
  const reading = { health, reason: `${metric.name} ${why}`, observedAt: last.at, of: metric.name, value: last.value };
  return { state: { last, health, allowedSince, why }, reading };
};

/** What keeps a sample from being data. */
const lackOf = ({ staleAfter }: Metric, sample: Sample, now: EpochMs): string | undefined => {
  if (sample.kind === 'none') return 'there is none';
  if (sample.kind === 'failed') return boundText(boundError(sample.error), LONGEST_ERROR);
  if (!Number.isFinite(sample.value)) return `${sample.value} is no value`;
  if (!Number.isFinite(sample.at)) return 'it is not known when it was measured';
  if (sample.at > now + CLOCKS_APART) return `it was measured in the future, at ${instant(sample.at)}`;
  return now - sample.at > staleAfter ? `it is of ${instant(sample.at)}, too old` : undefined;
};

/** What was measured later than now was so by a clock that has been put back since. The health stands; the instants mean nothing any more. */
const knownBefore = (state: MetricState, now: EpochMs): MetricState => {
  const { last, ...others } = state;
  return last && last.at > now ? { ...others, allowedSince: {} } : state;
};

/** A value that was measured before the last one is an answer that came late. */
const mix = (last: MetricState['last'], sample: { readonly value: number; readonly at: EpochMs }, halfLife: Millis): typeof sample => {
  if (!last) return sample;
  if (sample.at < last.at) return last;
  // With a half-life, the same instant twice has no weight the second time; without one, what was corrected counts.
  const weight = halfLife === 0 ? 1 : 1 - 2 ** ((last.at - sample.at) / halfLife);
  return { value: last.value * (1 - weight) + sample.value * weight, at: sample.at };
};

/** Down at once; up to each level when the values have allowed it, or a better one, for long enough. */
const rise = (
  { health, allowedSince }: MetricState,
  allowed: Health,
  at: EpochMs,
  hysteresis: Millis,
): Required<Pick<MetricState, 'health' | 'allowedSince'>> => {
  if (health === undefined || allowed <= health) return { health: allowed, allowedSince: {} };
  const since: Partial<Record<Health, EpochMs>> = {};
  let reached = health;
  for (const level of Object.values(Health)) {
    if (level <= health || level > allowed) continue;
    const from = allowedSince[level] ?? at;
    if (at - from >= hysteresis) reached = level;
    else since[level] = from;
  }
  return { health: reached, allowedSince: since };
};

/** What was allowed before a gap is not known to have been allowed in it. */
const withoutData = (
  { name }: Metric,
  rule: OnMissingHealth,
  { last, health, why }: MetricState,
  lack: string,
): { readonly state: MetricState; readonly reading: Reading } => {
  const known = { ...(last && { last }), why, allowedSince: {} };
  const reading = (level: Health, what: string): Reading => ({
    health: level,
    reason: `no data of ${name} (${lack}): ${what}`,
    observedAt: last?.at ?? 0,
    of: name,
    missing: true,
  });
  // A level that is assumed is in force: from there, health rises by the same rule as else.
  if (rule !== 'hold')
    return { state: { ...known, health: rule, why: 'as assumed' }, reading: reading(rule, `${nameOf(rule)} is assumed`) };
  if (health === undefined) return { state: known, reading: reading(Health.High, 'High is assumed, since there was none yet') };
  return { state: { ...known, health }, reading: reading(health, `held at ${nameOf(health)}, ${why}`) };
};

const instant = (at: EpochMs): string => (Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : `${at} ms`);
