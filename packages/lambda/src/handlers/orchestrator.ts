import { type EpochMs, type Millis, type Reeve, ReeveError, SECOND, type TickReport } from '@reeve/core';
import { describeError } from '../logs/logger.ts';
import type { Measures } from '../logs/metrics.ts';
import type { Setup } from '../setup/setup.ts';
import { type Answered, handle, type Invocation } from './invocation.ts';
import type { OrchestratorSettings } from './settings.ts';
import type { Handler, HandlerOptions } from './types.ts';

export interface OrchestratorOptions extends HandlerOptions, OrchestratorSettings {}

type Sums = Record<'claimed' | 'accepted' | 'finished' | 'refused' | 'unknown' | 'aside', number>;

export interface OrchestratorAnswer extends Readonly<Sums> {
  readonly ticks: number;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
  /** The last error of each labourer that had one. */
  readonly errors: Readonly<Record<string, string>>;
}

/**
 * Serves tick by tick for as long as the invocation has time.
 *
 * It does not run the daemon (`reeve.run`), which looks every half second both for work and for what operators set: fit for a process that
 * is there, and ten times the requests in a minute in which nothing happens (docs/aws-lambda.md has the figures). What the daemon is better at
 * needs an invoker that waits for the work: here attempts are handed over, and workers report elsewhere.
 */
export const orchestrator = (setup?: Setup, options?: OrchestratorOptions): Handler<OrchestratorAnswer> =>
  handle({ name: 'orchestrator', setup, options, serve });

const serve = async (invocation: Invocation<OrchestratorSettings>): Promise<Answered<OrchestratorAnswer>> => {
  const { reeve, clock, settings } = invocation;
  const { runFor = 55 * SECOND, pollEvery = SECOND, pollAtMost = 5 * SECOND } = settings;
  const startedAt = clock.now();
  const sums: Sums = { claimed: 0, accepted: 0, finished: 0, refused: 0, unknown: 0, aside: 0 };
  const errors: Record<string, string> = {};
  const timeLeft = (): Millis => Math.min(startedAt + runFor - clock.now(), invocation.timeLeft());
  let [ticks, anyServed, longest, wait] = [0, false, 0, pollEvery];
  let failure: unknown;
  // The first is done in any case: an invocation that finds no time for one, ever, would be of no use at all.
  for (;;) {
    const report = await reeve.tick();
    ticks += 1;
    longest = Math.max(longest, report.endedAt - report.startedAt);
    add(sums, report);
    for (const { labourer, error } of report.labourers) {
      if (error === undefined) anyServed = true;
      else {
        failure = error;
        errors[labourer] = describeError(error).error;
      }
    }
    const isBusy = report.labourers.some(({ claimed }) => claimed > 0);
    wait = isBusy ? pollEvery : Math.min(Math.max(wait * 2, pollEvery), Math.max(pollAtMost, pollEvery));
    // Not begun either if one as long as the longest so far would not be over in time: what it had claimed would be lost attempts.
    if (timeLeft() < wait + longest) break;
    await clock.sleep(wait);
  }
  if (!anyServed && failure !== undefined) throw nothingServed(ticks, failure);
  const answer = { ticks, startedAt, endedAt: clock.now(), ...sums, errors };
  return { answer, isNews: sums.claimed > 0 || failure !== undefined, measures: await measures(invocation, ticks, errors) };
};

const add = (sums: Sums, { labourers }: TickReport): void => {
  for (const each of labourers) for (const name of Object.keys(sums) as (keyof Sums)[]) sums[name] += each[name];
};

const nothingServed = (ticks: number, cause: unknown): ReeveError =>
  new ReeveError({
    kind: 'unavailable',
    code: 'NOTHING_SERVED',
    message: `No labourer could be served in ${ticks === 1 ? 'this round' : `any of these ${ticks} rounds`}. The last of the errors: ${describeError(cause).error}`,
    cause,
  });

const measures = async (
  { reeve, settings, logger }: Invocation<OrchestratorSettings>,
  ticks: number,
  errors: Readonly<Record<string, string>>,
): Promise<Measures> => {
  const own = { Ticks: ticks, LabourersFailed: Object.keys(errors).length };
  if (!settings.metrics?.census) return own;
  try {
    return { ...own, ...(await census(reeve)) };
  } catch (error) {
    logger.warn('census.failed', describeError(error)); // the work itself is done
    return own;
  }
};

const census = async (reeve: Reeve): Promise<Measures> => {
  const sum = { Queued: 0, Waiting: 0, Running: 0, Expired: 0 };
  for (const { due, waiting, running, expired } of await reeve.census()) {
    sum.Queued += due;
    sum.Waiting += waiting;
    sum.Running += running;
    sum.Expired += expired;
  }
  return sum;
};
