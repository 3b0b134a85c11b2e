import type { AdaptiveState } from './state.ts';

/**
 * To this share it falls by a first sign of too much, about where the last one was. Some systems answer one too many with far more trouble
 * than one, so that how much trouble there was says little.
 */
const BACK = 0.974;
/** By signs in a row after that: it is not one too many. */
const FURTHER = [0.95, 0.8, 0.6, 0.5] as const;
/** By one far from the mark. By the first that there ever was at least by so much, since it grew quickly until then. */
const ELSEWHERE = 0.9;
/** What is far from the mark. */
const FAR = { below: 0.85, above: 1.1 } as const;

/** It grows quickly, by this share, as long as it was never too much, and up to just below the mark. */
const PACE = 0.25;
const NEAR = 0.95;
/** From there on by so much with each window: about one in fifteen is too much then, since as many bring back what one took. */
const SLOWLY = 0.0017;
/** After so many that were not, by so much more with each: there may be more room than there was. */
const PATIENT = 15;
const HASTE = 1.06;
/** A share of fewer than this is too small a step for whole numbers. */
const SMALL = 10;

/** What runs is what was too much, where far more may be allowed than runs. */
const baseOf = ({ limit }: AdaptiveState, running: number): number => Math.max(Math.min(limit, running), limit / 2);

/** From this share on, and from the third sign in a row, it may be an outage: that teaches nothing of how many go well. Of a quota most may fail. */
const OUTAGE = 0.9;

/** A limit never falls by more than half at once. */
const MOST_CUT = 0.5;

/**
 * Too many failed, or were refused.
 * @param excess by this share
 * @param well so many were at work that went well, by Little's law, at least. It counts for the first sign alone, which may be far beyond: later
 * the mark is known better
 */
export const cut = (state: AdaptiveState, running: number, excess: number, well: number): AdaptiveState => {
  const { mark, signs } = state;
  const base = baseOf(state, running);
  const next = { ...state, signs: signs + 1, calm: 0 };
  if (signs > 0) {
    const limit = base * (FURTHER[Math.min(signs, FURTHER.length) - 1] ?? 1);
    return signs === 1 && excess < OUTAGE ? { ...next, limit, mark: limit } : { ...next, limit };
  }
  if (mark === undefined) {
    const known = excess < OUTAGE ? Math.max(well, base * (1 - excess)) : base;
    const first = Math.max(MOST_CUT * base, Math.min(ELSEWHERE * base, known));
    return { ...next, limit: first * NEAR, mark: first };
  }
  const isFar = base < FAR.below * mark || base > FAR.above * mark;
  const limit = base * (isFar ? ELSEWHERE : BACK);
  return { ...next, limit, mark: isFar ? limit : Math.min(mark, limit) };
};

/** What is left of a limit by which attempts were too slow, so that what has piled up drains. */
const DRAIN = 0.9;
/** So far below the mark it is not the number that makes them slow: it has yet to recover. */
const RECOVERING = 0.7;

/** Attempts were too slow, by this share: down in proportion, as in M. Alizadeh et al., "Data center TCP (DCTCP)", 2010. */
export const slow = (state: AdaptiveState, running: number, excess: number): AdaptiveState => {
  const { mark } = state;
  const base = baseOf(state, running);
  const limit = base * Math.max(MOST_CUT, (1 - excess) * DRAIN);
  const isRecovering = mark !== undefined && base < RECOVERING * mark;
  return { ...state, limit, mark: isRecovering ? mark : limit / NEAR, signs: state.signs + 1, calm: 0 };
};

/**
 * Towards what is wanted, after a time that went well with as many as may run. A limit that grew at one pace would be too high for about as
 * long as it is too low; this one is back quickly and then creeps, and hurries again where nothing says that it is too much (as S. Ha,
 * I. Rhee, L. Xu, "CUBIC", 2008, does by a cubic curve).
 * @param windows so many lie in that time
 */
export const grow = (state: AdaptiveState, wanted: number, windows: number): AdaptiveState => {
  const { limit, mark, calm } = state;
  const next = { ...state, calm: calm + windows };
  const quickly = limit + Math.max(1, limit * PACE);
  if (mark === undefined) return { ...next, limit: Math.min(wanted, quickly) };
  const near = mark * NEAR;
  if (limit < near) return { ...next, limit: Math.min(wanted, near, quickly) };
  const share = Math.min(PACE, SLOWLY * windows * HASTE ** Math.max(0, calm - PATIENT));
  return { ...next, limit: Math.min(wanted, limit + Math.max(SMALL, limit) * share) };
};
