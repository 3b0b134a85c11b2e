import type { Outcomes } from '../domain/adaptive.ts';
import type { BreakerState } from './adaptive/breaker.ts';
import type { AdaptiveState } from './adaptive/state.ts';
import { type Counts, NO_ENTRY, type OutcomeEntry } from './outcomes.ts';

/**
 * What lies in the register, as far as it is what it should be: another version of this package, or another program, may have written it. What
 * does not do is left out, and begins anew.
 */
export const readOutcomes = (value: unknown): OutcomeEntry => {
  if (!isObject(value)) return NO_ENTRY;
  const { open, closed, norm, adaptive, breaker } = value;
  return {
    closed: Array.isArray(closed) ? closed.filter(isClosed).slice(-MOST_CLOSED) : [],
    ...(isOpen(open) && { open }),
    ...(isAmount(norm) && norm > 0 && { norm }),
    ...(isAdaptive(adaptive) && { adaptive }),
    ...(isBreaker(breaker) && { breaker }),
  };
};

const MOST_CLOSED = 100;

type Members = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isText = (value: unknown): boolean => typeof value === 'string';
const orAbsent = (value: unknown, is: (value: unknown) => boolean): boolean => value === undefined || is(value);
const have = (value: Members, names: readonly string[]): boolean => names.every((each) => isAmount(value[each]));
const mayHave = (value: Members, names: readonly string[]): boolean => names.every((each) => orAbsent(value[each], isAmount));

const COUNTED = ['ended', 'failed', 'timedOut', 'throttled'] as const;

const isCounts = (value: unknown): value is Counts => isObject(value) && have(value, [...COUNTED, 'took', 'measured']);
const isOutcomes = (value: unknown): value is Outcomes =>
  isObject(value) && have(value, [...COUNTED, 'running']) && mayHave(value, ['took']);

const isOpen = (value: unknown): value is NonNullable<OutcomeEntry['open']> =>
  isObject(value) && isAmount(value['since']) && isCounts(value['counts']) && mayHave(value, ['late']);

const isClosed = (value: unknown): value is OutcomeEntry['closed'][number] =>
  isObject(value) && isAmount(value['at']) && isOutcomes(value['outcomes']);

const isAdaptive = (value: unknown): value is AdaptiveState =>
  isObject(value) &&
  have(value, ['limit', 'at', 'changedAt', 'failing', 'normOf', 'signs', 'calm', 'untilDip']) &&
  mayHave(value, ['norm', 'mark', 'dip']) &&
  orAbsent(value['lately'], (lately) => isObject(lately) && have(lately, ['took', 'of'])) &&
  orAbsent(value['joined'], isOutcomes);

const isBreaker = (value: unknown): value is BreakerState =>
  isObject(value) &&
  have(value, ['at', 'times']) &&
  mayHave(value, ['warm']) &&
  orAbsent(value['joined'], isOutcomes) &&
  orAbsent(value['open'], (open) => isObject(open) && have(open, ['since', 'until']) && isText(open['why']));
