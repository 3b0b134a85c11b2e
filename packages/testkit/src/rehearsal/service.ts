import type { Millis } from '@reeve/core';
import type { Stream } from '../sim/stream.ts';

/** How long an attempt takes where nothing else runs. */
export type Service = Millis | ((chance: Stream) => Millis);

/** Without memory: most are short and some are long. */
export const exponential =
  (mean: Millis): Service =>
  (chance) =>
    -Math.log(1 - chance.random()) * mean;

/** Half are shorter than the median; the larger sigma, the longer the tail. */
export const lognormal =
  ({ median, sigma }: { readonly median: Millis; readonly sigma: number }): Service =>
  (chance) =>
    median * Math.exp(sigma * normal(chance));

/** Of mean 0 and deviation 1: G. E. P. Box and M. E. Muller, "A Note on the Generation of Random Normal Deviates", 1958. */
export const normal = (chance: Stream): number => {
  const radius = Math.sqrt(-2 * Math.log(1 - chance.random()));
  return radius * Math.cos(2 * Math.PI * chance.random());
};
