import type { Millis } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';

/** For differences alone: how long ago something was, whatever anybody has set the clock to since. */
export const elapsed = (clock: Pick<Clock, 'now' | 'elapsed'>): Millis => clock.elapsed?.() ?? clock.now();
