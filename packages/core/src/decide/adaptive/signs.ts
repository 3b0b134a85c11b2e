import type { Outcomes } from '../../domain/adaptive.ts';
import type { AdaptiveState } from './state.ts';

/** More failures than this are never taken for usual, and fewer always are. */
const MOST_USUAL = 0.3;
const LEAST_USUAL = 0.005;

/** By so much the usual share of failures follows each window that went well. */
const USUAL = 0.05;
/** By so much it follows one that was no better for less load: then it is not the load. */
const MEASURED = 0.5;

/** Being refused is a sign, however few were. */
const LEAST_EXCESS = 0.02;

/** The share of attempts that was too much: beyond what usually fails, and beyond what chance makes of it. 0: nothing says that any was. */
export const excessOf = ({ ended, failed, throttled }: Outcomes, failing: number): number => {
  const attempts = ended + throttled;
  if (attempts === 0) return 0;
  const usual = Math.max(LEAST_USUAL, failing);
  const beyond = failed + throttled - usual * ended;
  if (throttled > 0) return Math.max(beyond / attempts, LEAST_EXCESS);
  // Three standard deviations of so many that fail independently, and one more: a lone failure is no news.
  const chance = 3 * Math.sqrt(usual * (1 - usual) * ended) + 1;
  return beyond > chance ? beyond / attempts : 0;
};

/** Of a window that went well. */
export const learnWell = (state: AdaptiveState, { ended, failed }: Outcomes): AdaptiveState =>
  ended === 0 ? state : { ...state, failing: state.failing + USUAL * (failed / ended - state.failing) };

/** Of one that was no better for less load. */
export const learnFailing = (state: AdaptiveState, { ended, failed }: Outcomes): AdaptiveState =>
  ended === 0 ? state : { ...state, failing: Math.min(MOST_USUAL, state.failing + MEASURED * (failed / ended - state.failing)) };
