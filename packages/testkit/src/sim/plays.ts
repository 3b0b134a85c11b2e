import { type Clock, type Handler, type Labourer, leaseLength, NonRetryableError, RetryAfterError, type TaskContext } from '@reeve/core';
import type { Play } from './options.ts';
import { Stream } from './stream.ts';

export interface StageParts {
  readonly seed: number;
  readonly clock: Clock;
  readonly labourers: readonly Labourer[];
  /** How often what is done; asked for each attempt, since it changes when the faults are switched off. */
  readonly plays: () => Readonly<Record<Play, number>>;
  /** Crashes the process it is called in. */
  readonly crash: () => void;
}

/** Results that some store has got wrong: digits in a text, keys of odd names, no result at all. */
const RESULTS: readonly unknown[] = [
  undefined,
  null,
  '00123',
  1e21,
  9_007_199_254_740_991,
  { 'a-b c': 1, __proto__x: [1.5, 'å\u2028'] },
  [{}, [], ''],
  'x'.repeat(600),
];

const wordsOf = (context: Pick<TaskContext, 'id' | 'attempt'>): string => `play-${context.id}-${context.attempt}`;

/** The workers of the built-in story: what one does is drawn from the seed, the task and the attempt, whenever and wherever it runs. */
export const playing = (parts: StageParts): Handler => {
  const { clock, seed, labourers } = parts;
  return async (_payload, context) => {
    const draw = new Stream(seed, wordsOf(context));
    const labourer = labourers.find(({ id }) => id === context.labourer) as Labourer;
    const { duration } = labourer.lease;
    const whole = leaseLength(labourer);
    const play = draw.weighted(parts.plays()) ?? 'quick';
    const result = draw.pick(RESULTS);
    switch (play) {
      case 'quick':
        return result;
      case 'steady':
        await clock.sleep(duration * 0.9 * draw.random());
        return result;
      case 'failing':
        await clock.sleep(duration * 0.5 * draw.random());
        throw new Error(`attempt ${context.attempt} of ${context.id} failed`);
      case 'hopeless':
        throw new NonRetryableError('no attempt can help');
      case 'later':
        throw new RetryAfterError('not now', draw.below(8_000));
      case 'long':
        await workAlong(clock, context, duration * (1 + draw.random()), duration / 3);
        return result;
      case 'late':
        await clock.sleep(whole * (1 + draw.random()), context.signal);
        if (context.signal.aborted) throw new Error('told to stop');
        return result;
      case 'deaf':
        void context.signal; // looks at it once, as somebody does who hands it on and never hears of it
        await clock.sleep(whole * (0.9 + draw.random()));
        return result;
      case 'hung':
        return new Promise<never>(() => {});
      case 'deadly':
        await clock.sleep(duration * 0.5 * draw.random());
        parts.crash();
        return new Promise<never>(() => {});
    }
  };
};

/** Works on with a heartbeat every so often, for as long as the lease holds. */
const workAlong = async (clock: Clock, { signal, heartbeat }: TaskContext, length: number, every: number): Promise<void> => {
  // Counted down, and not read off a clock, which may be set to another time meanwhile.
  for (let left = length; left > 0 && !signal.aborted; left -= every) {
    await clock.sleep(Math.min(every, left), signal);
    // A lost answer is no lost lease: the signal says when to stop.
    const alive = await heartbeat().catch(() => true);
    if (!alive) break;
  }
  if (signal.aborted) throw new Error('told to stop');
};
