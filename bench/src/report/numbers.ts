import type { Spread } from '../figures/median.ts';
import type { Workload } from '../plan/workloads.ts';

const digitsOf = (value: number): number => (value >= 100 ? 0 : value >= 10 ? 1 : 2);

/** "21,483", "3.07": three figures or more. */
export const shown = (value: number): string => {
  const digits = digitsOf(value);
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
};

export const shownSpread = ({ min, max }: Spread): string => `${shown(min)} .. ${shown(max)}`;

/** "6.2 (5.9 .. 6.6)" */
export const shownRatio = ({ median, min, max }: Spread): string => `${oneDigit(median)} (${oneDigit(min)} .. ${oneDigit(max)})`;

const oneDigit = (value: number): string => (value >= 100 ? shown(value) : value.toFixed(value >= 10 ? 1 : 2));

export const MEBIBYTE: number = 1024 * 1024;

export const headOf = ({ unit }: Workload): string => (unit === 'ms' ? 'p50, ms' : unit);
