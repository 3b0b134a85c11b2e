import { MINUTE, type Millis, SECOND } from '../domain/time.ts';

/** Without it "at once" would mean claiming and releasing without a pause. */
const SHORTEST: Millis = SECOND / 10;

/**
 * How long to leave a labourer alone after the invoker refused, so that a throttled or missing worker is not hammered.
 * The worker's own word counts, from 100 ms to an hour; without it the wait doubles from 1 s to 60 s with each refusal in a row, between half
 * and the whole of it ("equal jitter", Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 * @param refusals in a row, from 1
 * @param random in [0, 1)
 */
export const holdAfter = (refusals: number, retryAfter: Millis | undefined, random: number): Millis => {
  if (retryAfter !== undefined && Number.isFinite(retryAfter)) return Math.min(Math.max(SHORTEST, Math.ceil(retryAfter)), 60 * MINUTE);
  const whole = Math.min(MINUTE, SECOND * 2 ** Math.min(refusals - 1, 10));
  return Math.ceil(whole * (0.5 + random / 2));
};
