import { Health, type Reading } from '../domain/health.ts';
import type { Labourer } from '../domain/labourer.ts';
import type { EpochMs } from '../domain/time.ts';
import { breakerLimit, startBreaker, tellBreaker } from './adaptive/breaker.ts';
import { slownessOf } from './adaptive/norm.ts';
import { type AdaptiveState, limitInForce, startAdaptive } from './adaptive/state.ts';
import type { OutcomeEntry } from './outcomes.ts';

/** What a labourer's attempts say of how many may run: a reading of its adaptive cap and one of its breaker, as it has them. */
export const limitReadings = ({ health }: Labourer, entry: OutcomeEntry, now: EpochMs): readonly Reading[] => {
  const { adaptive, breaker } = health;
  const readings: Reading[] = [];
  if (adaptive) {
    const state = entry.adaptive ?? startAdaptive(adaptive, now);
    const limit = limitInForce(adaptive, state);
    const reason = `${adaptive.kind}: ${limit} at once, ${tellAdaptive(state)}`;
    readings.push({ health: Health.High, of: 'adaptive cap', reason, value: state.limit, observedAt: state.at, limit });
  }
  if (breaker) {
    const state = entry.breaker ?? startBreaker(now);
    const limit = breakerLimit(breaker, state, now);
    // A level below High would have a share of the cap of its own, which may be none: and then nothing would ever probe.
    const level = limit === 0 ? Health.Bad : Health.High;
    const reading = { health: level, of: 'breaker', reason: tellBreaker(breaker, state, now), observedAt: state.at };
    readings.push(Number.isFinite(limit) ? { ...reading, limit } : reading);
  }
  return readings;
};

const tellAdaptive = (state: AdaptiveState): string => {
  const { dip, mark, norm, signs } = state;
  if (norm === undefined && mark === undefined) return 'where it begins';
  if (dip !== undefined) return 'lowered for a moment to see how long attempts take without a hurry';
  const slowness = slownessOf(state);
  const length = norm === undefined ? '' : `; attempts take ${slowness ? `${slowness.times.toFixed(1)} times ` : ''}${Math.round(norm)} ms`;
  if (signs > 0) return `lowered: it was too much${length}`;
  return `${mark === undefined ? 'it was never too much' : `about ${Math.round(mark)} go well`}${length}`;
};
