/** What several rounds come to. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

const sorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);

/** @throws if there is none */
export const spreadOf = (values: readonly number[]): Spread => {
  const all = sorted(values);
  const [min, max] = [all[0], all.at(-1)];
  if (min === undefined || max === undefined) throw new Error('the median of nothing');
  const upper = all[all.length >> 1] ?? max;
  const lower = all[(all.length - 1) >> 1] ?? min;
  return { median: (lower + upper) / 2, min, max };
};

/** The value that `percent` of a hundred do not exceed. */
export const percentile = (values: readonly number[], percent: number): number => {
  const all = sorted(values);
  return all[Math.max(0, Math.ceil((percent / 100) * all.length) - 1)] ?? Number.NaN;
};

/**
 * One side of a pair divided by the other, round by round: what slows a round down slows both. Rounds that one of them lacks are left out.
 * @returns undefined if there is no round with both
 */
export const ratioOf = (own: readonly (number | undefined)[], other: readonly (number | undefined)[]): Spread | undefined => {
  const ratios = own.flatMap((value, round) => {
    const against = other[round];
    return value === undefined || against === undefined || against === 0 ? [] : [value / against];
  });
  return ratios.length === 0 ? undefined : spreadOf(ratios);
};
