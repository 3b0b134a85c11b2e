import type { Breaker, Outcomes } from '../../domain/adaptive.ts';
import type { EpochMs } from '../../domain/time.ts';
import { joinOutcomes } from './state.ts';

/** What is kept of a labourer whose dispatch stops for failures. Nothing of it: it is closed, and nothing has happened. */
export interface BreakerState {
  /** When a window was last closed. */
  readonly at: EpochMs;
  /** What has ended since it last told, as long as it is too little to tell by. */
  readonly joined?: Outcomes;
  /** Present: it is open until then, and from then on one attempt at a time probes. */
  readonly open?: { readonly since: EpochMs; readonly until: EpochMs; readonly why: string };
  /** It has closed again, and so many may run, more with each window. */
  readonly warm?: number;
  /** How often in a row it opened. */
  readonly times: number;
}

/** It stays open for longer with each time in a row, up to so many times as long. */
const MOST_TIMES = 10;
/** After it closed, so many times as many may run with each window that goes well. */
const WARMING = 2;

export const startBreaker = (now: EpochMs): BreakerState => ({ at: now, times: 0 });

/** The most that may run. Infinity: the breaker has nothing against any number. */
export const breakerLimit = (breaker: Breaker, { open, warm = Number.POSITIVE_INFINITY }: BreakerState, now: EpochMs): number => {
  if (open) return isShut(breaker, open, now) ? 0 : 1;
  return warm;
};

/** By a clock that was set back it would be shut for far longer than it ever is. */
const isShut = ({ openFor }: Breaker, { until }: NonNullable<BreakerState['open']>, now: EpochMs): boolean =>
  now < until && until - now <= MOST_TIMES * openFor;

/** For people. */
export const tellBreaker = (breaker: Breaker, { open, warm }: BreakerState, now: EpochMs): string => {
  if (!open) return warm === undefined ? 'breaker closed' : `breaker closed again: ${warm} at first`;
  const next = isShut(breaker, open, now) ? `probes at ${timeOf(open.until)}` : 'one probes';
  return `breaker open since ${timeOf(open.since)}, ${open.why}; ${next}`;
};

/** @param most as many as may run while it is closed: up to them it warms */
export const stepBreaker = (breaker: Breaker, most: number, state: BreakerState, outcomes: Outcomes, now: EpochMs): BreakerState => {
  const { open, at } = state;
  if (open) return { ...probed(breaker, most, { ...state, open }, outcomes, now, at), at: now };
  const window = joinOutcomes(state.joined, outcomes);
  const { joined: _, ...rest } = state;
  if (window.ended < breaker.atLeast) return { ...warmed(rest, most, outcomes), joined: window, at: now };
  if (isFailing(breaker, window)) return opened(breaker, rest, window, now);
  return { ...warmed(rest, most, outcomes), at: now };
};

/**
 * What ends while it is open began before, and says nothing new. Nor does what ended in a window that began so: one that probes too early to
 * be told from it is followed by another.
 */
const probed = (
  breaker: Breaker,
  most: number,
  state: BreakerState & Required<Pick<BreakerState, 'open'>>,
  outcomes: Outcomes,
  now: EpochMs,
  at: EpochMs,
): BreakerState => {
  if (isShut(breaker, state.open, at) || outcomes.ended === 0) return state;
  if (isFailing(breaker, outcomes)) return opened(breaker, state, outcomes, now);
  const { open: _, ...closed } = state;
  return warmed({ ...closed, warm: 1 }, most, outcomes);
};

const opened = ({ openFor }: Breaker, { times }: BreakerState, { ended, failed }: Outcomes, now: EpochMs): BreakerState => ({
  at: now,
  times: times + 1,
  open: {
    since: now,
    until: now + openFor * Math.min(MOST_TIMES, 2 ** times),
    why: `${Math.round((100 * failed) / ended)} % of ${ended} failed`,
  },
});

/** It counts as well again once as many may run as may ever. */
const warmed = (state: BreakerState, most: number, { ended }: Outcomes): BreakerState => {
  if (state.warm === undefined || ended === 0) return state;
  const { warm, ...rest } = state;
  return warm * WARMING >= most ? { ...rest, times: 0 } : { ...rest, warm: warm * WARMING };
};

const isFailing = ({ failures }: Breaker, { ended, failed }: Outcomes): boolean => ended > 0 && failed / ended >= failures;

const timeOf = (instant: EpochMs): string => new Date(instant).toISOString();
