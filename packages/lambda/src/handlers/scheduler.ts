import { type EpochMs, type JobRun, type Millis, ReeveError, type RunJobOptions, SECOND } from '@reeve/core';
import { describeError } from '../logs/logger.ts';
import { goOn, type LambdaClient } from '../schedule/go-on.ts';
import { type AskedJob, askedBy } from '../schedule/kinds.ts';
import type { Setup } from '../setup/setup.ts';
import { type Answered, handle, type Invocation } from './invocation.ts';
import type { SchedulerSettings } from './settings.ts';
import type { Handler, HandlerOptions } from './types.ts';

export interface SchedulerOptions extends HandlerOptions, SchedulerSettings {
  /** What it invokes itself with. Default: a `Lambda` of the runtime's own SDK. */
  readonly client?: LambdaClient;
}

export interface RoundAnswer {
  readonly fired: number;
  readonly skipped: number;
  readonly failed: number;
  /** Jobs that had broken off, and how far they are. */
  readonly continued: readonly JobRun[];
  readonly nextDueIn?: Millis;
  readonly errors: readonly string[];
}

/** `continuedBy` is absent of a job of which all tasks are enqueued. */
export type SchedulerAnswer = RoundAnswer | (JobRun & { readonly continuedBy?: 'invoke' | 'round' });

/** Makes the tasks of a job; or, called by a schedule, fires what is due of all schedules and goes on with jobs that broke off. */
export const scheduler = (setup?: Setup, options?: SchedulerOptions): Handler<SchedulerAnswer> =>
  handle({
    name: 'scheduler',
    setup,
    options,
    serve: async (invocation: Invocation<SchedulerSettings>): Promise<Answered<SchedulerAnswer>> => {
      const asked = askedBy(invocation.event);
      return asked.kind === 'round' ? round(invocation) : runJob(invocation, asked, options?.client);
    },
  });

const runJob = async (
  invocation: Invocation<SchedulerSettings>,
  asked: AskedJob,
  client: LambdaClient | undefined,
): Promise<Answered<JobRun>> => {
  const { reeve, context, settings, until, logger } = invocation;
  // Lambda's own repetitions of an event have its id, so they go on with the run that the first began.
  const { run = context.awsRequestId } = asked;
  const job = await reeve.runJob(asked.job, { ...(asked.options as Omit<RunJobOptions, 'run'>), run, until });
  if (job.state !== 'creating') return { answer: job, isNews: true };
  const isInvoked = settings.continueBy !== 'round' && (await goOn({ ...asked, run }, context, { client, logger }));
  if (!isInvoked && !job.kept) throw unfinished(job);
  return { answer: { ...job, continuedBy: isInvoked ? 'invoke' : 'round' } as JobRun, isNews: true };
};

/** An error, since nobody would go on: of an asynchronous event, Lambda does. */
const unfinished = ({ id, run, place, total }: JobRun): ReeveError =>
  new ReeveError({
    kind: 'unavailable',
    code: 'JOB_UNFINISHED',
    message: `Job ${id} is at ${place}${total === undefined ? '' : ` of ${total}`}, and the time is up; run it again with run ${JSON.stringify(run)}, and it goes on from there`,
  });

/**
 * Side by side: a long job must not hold up what is due, nor the other way round. Both end before the next round begins, and both are waited for
 * if one of them fails: the container is frozen after the answer.
 */
const round = async ({ reeve, clock, settings, until, logger }: Invocation<SchedulerSettings>): Promise<Answered<RoundAnswer>> => {
  const end: EpochMs = Math.min(until, clock.now() + (settings.runFor ?? 55 * SECOND));
  const [jobs, schedules] = await Promise.allSettled([reeve.continueJobs({ until: end }), reeve.schedule({ until: end })]);
  if (schedules.status === 'rejected') throw schedules.reason; // the composition has none
  const { fired, skipped, failed, nextDueIn } = schedules.value;
  const continued = jobs.status === 'fulfilled' ? jobs.value : [];
  const errors = [...schedules.value.errors, ...(jobs.status === 'rejected' ? [jobs.reason as unknown] : [])];
  for (const error of errors) logger.error('round.failed', describeError(error));
  const isDone = fired.length + skipped.length + failed.length + continued.length > 0;
  if (errors.length > 0 && !isDone) throw errors[0];
  const answer = {
    fired: fired.length,
    skipped: skipped.length,
    failed: failed.length,
    continued,
    ...(nextDueIn !== undefined && { nextDueIn }),
    errors: errors.map((each) => describeError(each).error),
  };
  return { answer, isNews: isDone || errors.length > 0, measures: { Fired: fired.length, SchedulesFailed: failed.length } };
};
