import type { Summary } from './moment.ts';
import { rehearse } from './rehearse.ts';
import type { RehearseRequest } from './request.ts';

export interface FixedCapOptions {
  /** The highest that is tried. Default: the policy's own cap. */
  readonly most?: number;
  /** Where the search begins: what the downstream is thought to bear. Default: the middle. */
  readonly guess?: number;
  /** The least share of the time in which the downstream has to be under its limit. Default 0.95. */
  readonly underLimit?: number;
}

export interface FixedCap {
  readonly cap: number;
  readonly summary: Summary;
  /** All that were tried, the lowest first. */
  readonly tried: readonly { readonly cap: number; readonly summary: Summary }[];
}

/** Shares of the highest cap that keeps the downstream under its limit: where a downstream falls off before it, a lower one does more. */
const BELOW = [0.9, 0.8, 0.7];
/** The search goes away from the guess by this share, and by twice as much each time. */
const STRIDE = 0.15;

/**
 * Searches the fixed cap under which most is completed, of those that keep the downstream under its limit for long enough. In production
 * nobody can search so, and the best of today is not that of tomorrow: this is what others are measured by.
 */
export const findFixedCap = async (request: RehearseRequest, options: FixedCapOptions = {}): Promise<FixedCap> => {
  const { most = request.policy.maxSimultaneousInvocations, underLimit = 0.95, guess = most / 2 } = options;
  const tried = new Map<number, Summary>();
  const play = async (cap: number): Promise<Summary> => {
    const known = tried.get(cap);
    if (known) return known;
    const { summary } = await rehearse({ ...request, policy: { ...request.policy, maxSimultaneousInvocations: cap } });
    tried.set(cap, summary);
    return summary;
  };
  const isFit = async (cap: number): Promise<boolean> => (await play(cap)).underLimit >= underLimit;
  // The lower the cap, the longer the downstream is under its limit: the highest that will do is between one that does and one that does not.
  // Cap 1 counts if none does.
  let [good, bad] = [1, most + 1];
  let at = Math.min(most, Math.max(1, Math.round(guess)));
  for (let stride = Math.max(1, Math.round(at * STRIDE)); at > good && at < bad; stride *= 2) {
    if (await isFit(at)) [good, at] = [at, at + stride];
    else [bad, at] = [at, at - stride];
  }
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (await isFit(middle)) good = middle;
    else bad = middle;
  }
  for (const share of [1, ...BELOW]) await play(Math.max(1, Math.round(good * share)));
  const all = [...tried].map(([cap, summary]) => ({ cap, summary })).sort((a, b) => a.cap - b.cap);
  const fit = all.filter(({ cap }) => cap <= good);
  const best = fit.reduce((one, other) => (other.summary.completed > one.summary.completed ? other : one));
  return { ...best, tried: all };
};
