import type { EpochMs, Sample } from '@reeve/core';
import { INSTANT, PART } from '../query/selector.ts';

/** An instant in seconds, and the value as a text: "NaN" and "+Inf" are values, too. */
type Pair = readonly [number, string];

interface Series {
  readonly metric?: Readonly<Record<string, string>>;
  readonly value?: Pair;
}

/** What Prometheus answers, as far as it is looked at. Nothing of it is known before it is. */
export interface Answer {
  readonly status?: unknown;
  readonly errorType?: unknown;
  readonly error?: unknown;
  readonly data?: { readonly resultType?: unknown; readonly result?: unknown };
}

/** @param isSelector it was asked with its instants: twice as many series, each with its part */
export const sampleOf = ({ data }: Answer, isSelector: boolean): Sample => {
  const { resultType, result } = data ?? {};
  if (resultType === 'scalar') return sampleAt(result as Pair);
  if (resultType === 'matrix') return failed('it answers a range; make one value of it, as by rate(...), or take the [...] away');
  if (resultType !== 'vector' || !Array.isArray(result))
    return failed(`it answers a ${String(resultType)}; give a query that answers a number`);
  const series = result as readonly Series[];
  const instants = isSelector ? series.filter(({ metric }) => metric?.[PART] === INSTANT) : [];
  const values = series.filter((each) => !instants.includes(each));
  const [only, ...others] = values;
  if (!only) return { kind: 'none' };
  if (others.length > 0) return failed(`it answers ${values.length} series; make one of them, as by sum(...) or max(...)`);
  if (!only.value) return failed('it answers a histogram; make one value of it, as by histogram_quantile(...)');
  return sampleAt(only.value, Number(instants[0]?.value?.[1] ?? only.value[0]));
};

const sampleAt = (pair: Pair, seconds: number = pair[0]): Sample => {
  const value = numberOf(pair[1]);
  const at: EpochMs = Math.round(seconds * 1_000);
  if (Number.isNaN(value) && pair[1] !== 'NaN') return failed('it answers what is no number');
  // Whatever is not finite says nothing of health: a ratio of nothing to nothing, a quantile of no observations.
  return Number.isFinite(value) && Number.isFinite(at) ? { kind: 'value', value, at } : { kind: 'none' };
};

/** As Go writes it. */
const numberOf = (text: unknown): number => {
  if (typeof text !== 'string' || text === '') return Number.NaN;
  return Number(text.replace(/^([+-]?)Inf$/, '$1Infinity'));
};

const failed = (problem: string): Sample => ({ kind: 'failed', error: new Error(`the query is not one number: ${problem}`) });
