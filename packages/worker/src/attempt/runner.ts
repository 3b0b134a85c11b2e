import type { ArrivedAttempt, Failure, Handler, NotBegun, Outcome, ReportChannel, WorkerMessage } from '../api.ts';
import type { Task } from '../entry/envelope.ts';
import type { Settings } from '../options.ts';
import { deliver, isRefusal } from './deliver.ts';
import { flawOf } from './encode.ts';
import { failureOf } from './failure-of.ts';
import { Heart, type Span } from './heart.ts';
import { Seen } from './seen.ts';

export type Finished = Extract<WorkerMessage, { readonly reeve: 'done' | 'failed' }>;

export type Begun = { readonly begin: true } & Span;

/** What to report, and until when by this clock it is of use. */
export interface Worked {
  readonly finished: Finished;
  readonly until: number;
}

/** One attempt from its delivery to its report, the same whichever way it came. */
export class Runner {
  readonly #handler: Handler;
  readonly #settings: Settings;
  readonly #seen = new Seen();

  constructor(handler: Handler, settings: Settings) {
    this.#handler = handler;
    this.#settings = settings;
  }

  /** @throws what the channel throws: this delivery is not to be run */
  async begin({ attempt }: Task, channel: ReportChannel | undefined, platformLeft: number): Promise<Begun | NotBegun> {
    const { clock, chance, gate } = this.#settings;
    const { deadline = Infinity } = attempt;
    const asked = clock.now();
    // Whoever invoked without a channel waits for the answer, and knows when the lease ends.
    const unasked: Begun = { begin: true, deadline, left: channel ? deadline - asked : Infinity, platformLeft };
    if (!gate) return unasked.left > 0 ? unasked : { begin: false, why: 'over' };
    if (this.#seen.has(attempt)) return { begin: false, why: 'started' };
    if (!channel) {
      this.#seen.add(attempt);
      return unasked;
    }
    // New for each delivery, and not the request's id: Lambda delivers one event twice under the same.
    const start: WorkerMessage = { reeve: 'start', attempt, delivery: chance.id() };
    const answer = await deliver(channel, start, 'begin', () => asked + platformLeft, this.#settings);
    if (!answer.begin) return answer;
    this.#seen.add(attempt);
    const took = clock.now() - asked;
    return { ...answer, left: answer.left - took, platformLeft: platformLeft - took };
  }

  /** Never throws: what went wrong is what there is to report. */
  async work({ attempt, number, payload }: Task, begun: Begun, channel: ReportChannel | undefined, stopped?: AbortSignal): Promise<Worked> {
    const { clock, margin, heartbeats, maxResultBytes } = this.#settings;
    const beat: WorkerMessage = { reeve: 'heartbeat', attempt };
    const tell = channel && (() => deliver(channel, { ...beat }, 'alive', () => clock.now() + heart.remaining(), this.#settings));
    const heart: Heart = new Heart({ clock, margin, isAutomatic: heartbeats && channel !== undefined, tell }, begun);
    const gone = (): void => heart.stop('TimeoutError', 'nobody waits for this attempt any more');
    stopped?.addEventListener('abort', gone);
    const stats: Record<string, unknown> = {};
    const context = {
      labourer: attempt.labourer,
      id: attempt.id,
      attempt: number,
      stats,
      signal: heart.signal,
      get deadline() {
        return heart.deadline;
      },
      remaining: () => heart.remaining(),
      heartbeat: () => heart.beat(),
    };
    let finished: Finished;
    try {
      const result = await this.#handler(payload, context);
      const flaw = result === undefined ? undefined : flawOf(result, 'result', maxResultBytes);
      if (flaw) finished = this.#unkeepable(attempt, flaw);
      else {
        // The work is done, and not to be done again for the sake of a number.
        const problem = flawOf(stats, 'stats', maxResultBytes);
        const kept = problem ? { problem } : stats;
        finished = {
          reeve: 'done',
          attempt,
          ...(result !== undefined && { result }),
          ...(Object.keys(kept).length > 0 && { stats: kept }),
        };
      }
    } catch (error) {
      finished = { reeve: 'failed', attempt, ...failureOf(error) };
    }
    heart.end();
    stopped?.removeEventListener('abort', gone);
    return { finished, until: heart.leaseEnd };
  }

  /** @throws what the channel throws: the report may not have arrived, and the lease will run out */
  async report(channel: ReportChannel, { finished, until }: Worked): Promise<Outcome> {
    const send = async (report: Finished) => (await deliver(channel, report, 'outcome', () => until, this.#settings)).outcome;
    try {
      return await send(finished);
    } catch (error) {
      // The Assistant or its store takes less than was thought here.
      if (!isRefusal(error) || finished.reeve === 'failed' || !error.code?.startsWith('PAYLOAD_')) throw error;
      return send(this.#unkeepable(finished.attempt, `the result was refused: ${error.message}`));
    }
  }

  /** The next attempt would bring the same. */
  #unkeepable(attempt: ArrivedAttempt, error: string): Finished {
    const failure: Failure = { error, retryable: this.#settings.retryTooLarge };
    return { reeve: 'failed', attempt, ...failure };
  }
}
