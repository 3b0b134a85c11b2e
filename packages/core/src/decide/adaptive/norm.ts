/**
 * How long attempts take, and how long they would without a hurry. Both are means of a number of attempts whose lengths may differ by as
 * much as the mean itself, so both remember of how many: what is decided by them has to be beyond what chance makes of so many.
 */
import type { Outcomes } from '../../domain/adaptive.ts';
import { learnFailing } from './signs.ts';
import type { AdaptiveState, MeanLength } from './state.ts';

/** The norm is of the last so many attempts that were measured without a hurry, about. */
const NORM_OF = 240;
/** What differs from it by more than so many standard deviations is no chance: then it counts as much as all before. */
const SURPRISE = 2.5;
/** By so much the norm rises at once, at most: what is weak for a while, as after an outage, must not become usual. */
const RISES = 1.25;

/** How long attempts take now is of so many, and of those of the last window. */
const LATELY_OF = 100;
/** Of so many it is well enough known to correct the norm. */
const KNOWN = 50;

/**
 * Of a window without a hurry. Nothing else makes the norm rise. If windows at load did, an overload that lasts would become the norm: as with
 * the long mean of Netflix's Gradient2, whose limit then grows for ever.
 */
export const learnNorm = (state: AdaptiveState, window: Outcomes): AdaptiveState => {
  const { norm, normOf } = state;
  const seen = lengthIn(window);
  const learnt = learnFailing(state, window);
  if (!seen) return learnt;
  if (norm === undefined) return { ...learnt, norm: seen.took, normOf: seen.of };
  const isSurprise = Math.abs(seen.took / norm - 1) > SURPRISE / Math.sqrt(seen.of);
  const known = isSurprise ? Math.min(normOf, seen.of) : normOf;
  const mean = (norm * known + seen.took * seen.of) / (known + seen.of);
  return { ...learnt, norm: Math.min(mean, norm * RISES), normOf: Math.min(NORM_OF, known + seen.of) };
};

/** Of a window at load. If even that is quicker than the norm, by more than chance makes of it, the norm was too long. */
export const learnLately = (state: AdaptiveState, window: Outcomes): AdaptiveState => {
  const seen = lengthIn(window);
  if (!seen) return state;
  const lately = mix(state.lately, seen);
  const most = lately.took * (1 + 2 / Math.sqrt(lately.of));
  const isQuicker = state.norm !== undefined && lately.of >= KNOWN && most < state.norm;
  return { ...state, lately, ...(isQuicker && { norm: most }) };
};

const mix = (lately: MeanLength | undefined, seen: MeanLength): MeanLength => {
  if (!lately) return seen;
  const before = Math.min(LATELY_OF, lately.of);
  return { took: lately.took + (seen.of / (seen.of + before)) * (seen.took - lately.took), of: before + seen.of };
};

/** How many times their norm attempts take now, and of how many attempts that is known. */
export interface Slowness {
  readonly times: number;
  readonly of: number;
}

/** Undefined: nobody can tell. */
export const slownessOf = ({ norm, lately }: AdaptiveState): Slowness | undefined =>
  norm === undefined || !lately ? undefined : { times: lately.took / norm, of: lately.of };

/** Of those that went well. */
const lengthIn = ({ ended, failed, took }: Outcomes): MeanLength | undefined =>
  took === undefined || took <= 0 || ended <= failed ? undefined : { took, of: ended - failed };
