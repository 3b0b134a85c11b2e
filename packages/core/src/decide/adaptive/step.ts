import type { Adaptive, Outcomes } from '../../domain/adaptive.ts';
import type { EpochMs, Millis } from '../../domain/time.ts';
import { tooSlow } from './aimd.ts';
import { doubt, doubtMore, endDip, isMeasured, mayDip } from './dip.ts';
import { gradient2 } from './gradient2.ts';
import { cut, grow, slow } from './marks.ts';
import { learnLately, learnNorm, type Slowness, slownessOf } from './norm.ts';
import { excessOf, learnFailing, learnWell } from './signs.ts';
import { type AdaptiveState, joinOutcomes, limitInForce, within } from './state.ts';
import { vegas } from './vegas.ts';

/** So many attempts tell that it is too much, or as many as may run at once, if that is less. */
const ENOUGH = 10;
const LEAST = 3;

/** A limit that is not used is not known to be good: at least this share of it has to run before it may grow. */
const USED = 0.75;

/** A change of the number in force by more than this is one by much. */
const MUCH = 0.25;
/** A cut to this share, or less, is one by much as well. */
const LITTLE = 0.96;
/** So many lengths of an attempt later those that began before it have ended; and after it was lowered for a look, all but a few long ones. */
const SETTLED = 1.5;
const ALL_SETTLED = 3;

/** So few may run that there is never a hurry. */
const FEW = 2;
/** After so many signs in a row it was lowered, and still as much fails: in part that is not the load. */
const PERSISTENT = 3;
/** A pause without any attempts counts as so many windows that went well, at most. */
const MOST_WINDOWS = 12;

/**
 * Works the limit out anew after a window. Who does so is all one: the same state and window give the same.
 * @param late so long ago, before the window began, some of it may have ended
 */
export const step = (adaptive: Adaptive, before: AdaptiveState, outcomes: Outcomes, now: EpochMs, late: Millis = 0): AdaptiveState => {
  // A store's clock that was set back: what is known counts from a window ago.
  const isAhead = Math.max(before.at, before.changedAt) > now;
  const state = isAhead ? { ...before, at: now - adaptive.window, changedAt: now - adaptive.window } : before;
  if (isOld(state, outcomes, late)) return { ...state, at: now };
  const { joined: _, ...rest } = state;
  const window = joinOutcomes(state.joined, outcomes);
  const next = decide(adaptive, rest, window, now);
  if (!next) return { ...rest, joined: window };
  const limited = limitInForce(adaptive, state);
  const done = { ...next, limit: within(adaptive, next.limit), at: now };
  if (Math.abs(limitInForce(adaptive, done) - limited) <= Math.max(1, limited * MUCH)) return done;
  const { lately: __, ...anew } = done;
  return { ...anew, changedAt: now };
};

/** Many that ended in this window began before the limit was as it is: they took as long as attempts did then. */
const isOld = ({ joined, changedAt, at, dip, norm = 0, lately }: AdaptiveState, { took }: Outcomes, late: Millis): boolean =>
  joined === undefined && changedAt + late + (dip === undefined ? SETTLED : ALL_SETTLED) * Math.max(took ?? lately?.took ?? 0, norm) > at;

/** Undefined: it is too little to tell by. */
const decide = (adaptive: Adaptive, state: AdaptiveState, window: Outcomes, now: EpochMs): AdaptiveState | undefined => {
  const limited = limitInForce(adaptive, state);
  if (window.ended + window.throttled < Math.min(ENOUGH, Math.max(LEAST, limited))) return undefined;
  const { dip, ...risen } = state;
  const excess = excessOf(window, state.failing);
  if (dip !== undefined && excess === 0) return isMeasured(window, limited) ? endDip(risen, window) : undefined;
  const seen = learnLately(limited <= FEW ? learnNorm(risen, window) : risen, window);
  if (excess > 0) {
    const well = wellAtOnce(window, now - state.at);
    const lowered = cut(state.signs >= PERSISTENT ? learnFailing(seen, window) : seen, window.running, excess, well);
    // Those that fail next began before it was lowered: they are the same sign, and no second one. By little it is hardly another load.
    return lowered.limit < LITTLE * state.limit ? { ...lowered, changedAt: now } : lowered;
  }
  // What a change came to shows after an attempt's length: until then it would be changed again for the same reason.
  if (now - state.at < (window.took ?? 0)) return undefined;
  return allWell(adaptive, seen, window, Math.min(MOST_WINDOWS, Math.max(1, (now - state.at) / adaptive.window)));
};

/** By Little's law: so many went well in that time, and each took so long. */
const wellAtOnce = ({ ended, failed, took }: Outcomes, passed: Millis): number =>
  took === undefined || passed <= 0 ? 0 : ((ended - failed) * took) / passed;

/** Nothing failed that does not always: it goes by how long attempts took. */
const allWell = (adaptive: Adaptive, state: AdaptiveState, window: Outcomes, windows: number): AdaptiveState => {
  const slowness = slownessOf(state);
  const excess = adaptive.kind === 'aimd' ? tooSlow(slowness) : 0;
  if (excess > 0) return doubtMore(slow(state, window.running, excess));
  const well = { ...learnWell(state, window), signs: 0 };
  const wanted = wantedBy(adaptive, well.limit, slowness);
  if (wanted < well.limit) return mayDip(doubt({ ...well, limit: wanted }), slowness);
  if (window.running < USED * Math.floor(well.limit)) return well;
  return mayDip(wanted > well.limit ? grow(well, wanted, windows) : well, slowness);
};

/** What its kind makes of the length of attempts. Where none was measured there is nothing to go by but failures. */
const wantedBy = ({ kind }: Adaptive, limit: number, slowness: Slowness | undefined): number => {
  if (kind === 'aimd' || slowness === undefined) return Number.POSITIVE_INFINITY;
  return kind === 'vegas' ? vegas(limit, slowness) : gradient2(limit, slowness);
};
