import { Health } from '../domain/health.ts';
import type { Comparison, MetricLevel } from '../domain/metric.ts';

export const COMPARE: Readonly<Record<Comparison, (value: number, than: number) => boolean>> = {
  '<': (value, than) => value < than,
  '<=': (value, than) => value <= than,
  '>': (value, than) => value > than,
  '>=': (value, than) => value >= than,
  '==': (value, than) => value === than,
  '!=': (value, than) => value !== than,
};

/** What does not hold, said the other way round. */
const OPPOSITE: Readonly<Record<Comparison, Comparison>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' };

const holds = ({ comparison, than }: MetricLevel, value: number): boolean => COMPARE[comparison](value, than);

/** The health that a value stands for: the first level that holds, in their order. */
export const levelOf = (levels: readonly MetricLevel[], value: number): Health =>
  levels.find((each) => holds(each, value))?.health ?? Health.Bad;

/**
 * Why a value stands for the health it does: "71 > 50" is what keeps it from the next better one, "20 <= 25" that it has the best.
 * Of levels that name values (`==`) only its own says anything.
 */
export const whyLevel = (levels: readonly MetricLevel[], value: number): string => {
  const place = levels.findIndex((each) => holds(each, value));
  const own = levels[place];
  const better = levels.at(place === -1 ? -1 : place - 1);
  if (own && (place === 0 || own.comparison === '==')) return say(value, own.comparison, own.than);
  if (!better || (levels.length > 1 && better.comparison === '=='))
    return `${shown(value)} is none of ${levels.map(({ than }) => than).join(', ')}`;
  return say(value, OPPOSITE[better.comparison], better.than);
};

const say = (value: number, comparison: Comparison, than: number): string => {
  const short = shown(value);
  // Rounding must not make it untrue: 50.0000001 > 50.
  return `${COMPARE[comparison](short, than) ? short : value} ${comparison} ${than}`;
};

const shown = (value: number): number => Number(value.toPrecision(6));
