import { ReeveError, type SweepReport } from '@reeve/core';
import { describeError } from '../logs/logger.ts';
import type { Setup } from '../setup/setup.ts';
import { type Answered, handle, type Invocation } from './invocation.ts';
import type { HandlerSettings } from './settings.ts';
import type { Handler, HandlerOptions } from './types.ts';

type Sums = Record<'expired' | 'retried' | 'dead' | 'cancelled' | 'stale' | 'followed', number>;

export interface ScavengerAnswer extends Readonly<Sums> {
  readonly sweeps: number;
  /** What the store did for its own house, by its own words. */
  readonly maintained: Readonly<Record<string, number>>;
  /** There is more to do, for which this invocation had no time: the next goes on. */
  readonly more: boolean;
  readonly errors: readonly string[];
}

/** Most errors that an answer tells. */
const MOST_TOLD = 10;

/** Sweeps while there is more to do and the invocation has time. */
export const scavenger = (setup?: Setup, options?: HandlerOptions): Handler<ScavengerAnswer> =>
  handle({ name: 'scavenger', setup, options, serve });

const serve = async ({ reeve, clock, timeLeft, logger }: Invocation<HandlerSettings>): Promise<Answered<ScavengerAnswer>> => {
  const sums: Sums = { expired: 0, retried: 0, dead: 0, cancelled: 0, stale: 0, followed: 0 };
  const maintained: Record<string, number> = {};
  const errors: unknown[] = [];
  let [sweeps, longest, isOver] = [0, 0, false];
  let report: SweepReport;
  do {
    const since = clock.now();
    report = await reeve.sweep();
    sweeps += 1;
    longest = Math.max(longest, clock.now() - since);
    for (const name of Object.keys(sums) as (keyof Sums)[]) sums[name] += report[name];
    for (const [name, count] of Object.entries(report.maintained)) maintained[name] = (maintained[name] ?? 0) + count;
    errors.push(...report.errors);
    // What failed says that there may be more. It is not tried at once again unless the rest goes on: the next invocation does, in a minute.
    isOver = !report.more || timeLeft() < longest || (report.errors.length > 0 && !hasDone(report));
  } while (!isOver);
  for (const error of errors) logger.error('sweep.failed', describeError(error));
  const isDone = Object.values({ ...sums, ...maintained }).some((count) => count > 0);
  if (errors.length > 0 && !isDone) throw nothingSwept(errors[0]);
  const answer = {
    sweeps,
    ...sums,
    maintained,
    more: report.more,
    errors: errors.slice(0, MOST_TOLD).map((each) => describeError(each).error),
  };
  return { answer, isNews: isDone || errors.length > 0, measures: { Expired: sums.expired } };
};

const hasDone = ({ expired, followed, maintained }: SweepReport): boolean =>
  [expired, followed, ...Object.values(maintained)].some((count) => count > 0);

const nothingSwept = (cause: unknown): ReeveError =>
  new ReeveError({
    kind: 'unavailable',
    code: 'NOTHING_SWEPT',
    message: `Nothing could be swept. The first of the errors: ${describeError(cause).error}`,
    cause,
  });
