/**
 * With a backlog there is always as much running as may. Then nobody ever sees how long an attempt takes without a hurry, and what is slow
 * becomes usual. So now and then the limit is lowered for a moment (N. Cardwell et al., "BBR: congestion-based congestion control", 2016).
 */
import type { Outcomes } from '../../domain/adaptive.ts';
import { learnNorm, type Slowness } from './norm.ts';
import type { AdaptiveState } from './state.ts';

/** So many windows lie between two of them, */
const EVERY = 60;
/** and so few while the norm is known of fewer attempts than this, or was another. */
const SOON = 12;
const WELL_KNOWN = 150;
const OTHER = 0.2;
/** So few after the limit was lowered since attempts are slow: perhaps they are by themselves. */
const DOUBTFUL = 24;
/** Where attempts take no longer than this, in their norm, it would show nothing new: the windows until then pass by so much more slowly. */
const HURRIED = 1.15;
const UNHURRIED = 0.2;

/** This share runs of what would run if none waited. */
const SHARE = 0.75;
/** So many attempts are measured; or this many times as many as may run, if that is less. */
const MEASURED = 50;
const ROUNDS = 10;

export const isMeasured = ({ ended, throttled }: Outcomes, limit: number): boolean =>
  ended + throttled >= Math.min(MEASURED, limit * ROUNDS);

/** By Little's law as many would run as long as none waited. */
const dipped = (state: AdaptiveState, times: number): AdaptiveState => ({
  ...state,
  dip: Math.max(1, Math.min(1, 1 / times) * SHARE * state.limit),
});

/** Perhaps now, after a window that went well. */
export const mayDip = (state: AdaptiveState, slowness: Slowness | undefined): AdaptiveState => {
  if (!slowness) return state;
  if (state.untilDip <= 1) return dipped(state, slowness.times);
  const isHurried = slowness.times > HURRIED || state.normOf < WELL_KNOWN;
  return { ...state, untilDip: state.untilDip - (isHurried ? 1 : UNHURRIED) };
};

/** The limit was lowered since attempts are slow. */
export const doubt = (state: AdaptiveState): AdaptiveState => ({ ...state, untilDip: Math.min(state.untilDip, DOUBTFUL) });

/** It was lowered for that before, and they are no quicker: it is looked at now, unless that was just done. */
export const doubtMore = (state: AdaptiveState): AdaptiveState =>
  state.signs > 1 && state.untilDip < EVERY ? dipped(state, 1) : { ...state, untilDip: Math.min(state.untilDip, SOON) };

/** What it showed. */
export const endDip = ({ dip: _, ...state }: AdaptiveState, window: Outcomes): AdaptiveState => {
  const seen = learnNorm(state, window);
  const isOther = state.norm === undefined || seen.norm === undefined || Math.abs(seen.norm / state.norm - 1) > OTHER;
  return { ...seen, untilDip: isOther || seen.normOf < WELL_KNOWN ? SOON : EVERY };
};
