import type { MessageAnswer, ReportChannel, WorkerMessage, World } from '../api.ts';

export interface Patience extends World {
  /** The longest that one try is waited for. */
  readonly timeout: number;
}

const MOST_TRIES = 8;
const LONGEST_WAIT = 5_000;

/** What is answered to each kind of message has one of these members. */
type Mark = 'begin' | 'alive' | 'outcome';
export type AnswerWith<M extends Mark> = Extract<MessageAnswer, { readonly [Name in M]: unknown }>;

/**
 * Sends a message until it is answered: to say the same twice changes nothing.
 * @param mark what its answer has
 * @param until no try begins from that instant on, but for the first
 * @throws what the last try threw, or ReportRefused at once
 */
export const deliver = async <M extends Mark>(
  channel: ReportChannel,
  message: WorkerMessage,
  mark: M,
  until: () => number,
  patience: Patience,
): Promise<AnswerWith<M>> => {
  const { clock, chance } = patience;
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await inTime(channel, message, patience);
      if (mark in answer) return answer as AnswerWith<M>;
      throw new Error(`the answer to "${message.reeve}" is none`);
    } catch (error) {
      // Some time between nothing and all of it: workers that failed together come back one by one.
      const wait = chance.random() * Math.min(LONGEST_WAIT, 100 * 2 ** tries);
      if (isRefusal(error) || tries === MOST_TRIES || clock.now() + wait >= until()) throw error;
      await clock.sleep(wait);
    }
  }
};

/** By name, so that a channel of one's own needs nothing of this package. */
export const isRefusal = (error: unknown): error is Error & { readonly code?: string } =>
  error instanceof Error && error.name === 'ReportRefused';

/** Also where a channel does not look at its signal. */
const inTime = async (channel: ReportChannel, message: WorkerMessage, { clock, timeout }: Patience): Promise<MessageAnswer> => {
  const [late, answered] = [new AbortController(), new AbortController()];
  const silence = clock.sleep(timeout, answered.signal).then((): never => {
    const error = new Error(`no answer to "${message.reeve}" within ${timeout} ms`);
    late.abort(error);
    throw error;
  });
  silence.catch(() => {}); // an answer ends the sleep as well
  try {
    return await Promise.race([channel.send(message, late.signal), silence]);
  } finally {
    answered.abort();
  }
};
