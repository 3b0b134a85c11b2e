import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender, Producer } from '../contenders/contender.ts';
import { steadyRate } from '../figures/steady.ts';
import type { Task } from '../plan/workloads.ts';
import type { Case } from './case.ts';
import { Crew } from './crew.ts';
import { payloadsOf } from './payload.ts';
import type { Result } from './result.ts';
import type { WorkerReport } from './tally.ts';

/** Tasks in one call while the backlog is made. */
const PIECE = 10_000;
/** How long the store may have unfinished tasks after the last was handled, in milliseconds: verdicts are on their way. */
const LINGER = 10_000;

const now = (): number => Number(process.hrtime.bigint());

const load = async (producer: Producer, tasks: number): Promise<void> => {
  for (let from = 0; from < tasks; from += PIECE) await producer.addMany(payloadsOf(Math.min(PIECE, tasks - from), from));
};

const allEnded = async (producer: Producer): Promise<boolean> => {
  const until = now() + LINGER * 1e6;
  while ((await producer.unfinished()) > 0) {
    if (now() > until) return false;
    await sleep(2);
  }
  return true;
};

/**
 * A backlog is there, the workers are connected; then the clock runs until every task is handled *and* the store has none that is not
 * ended: the verdicts count.
 */
export const runDrain = async (
  contender: Contender,
  asked: Case,
  { tasks, processes, limit }: Task & { kind: 'drain' },
): Promise<Result> => {
  const producer = await contender.producer();
  await load(producer, tasks);
  if (asked.store === 'postgres') await (await import('../stores/postgres.ts')).settlePostgres(asked.url);
  const crew = await Crew.start(asked, processes);
  const handled = crew.handles(tasks, limit);
  const start = now();
  crew.tell('go');
  const complete = await handled;
  if (complete && !(await allEnded(producer))) throw new Error(`tasks that were handled have not ended after ${LINGER / 1_000} s`);
  const end = now();
  const reports = await crew.reports();
  // A worker that is stopped midway may be busy with its closing for long; nobody waits for it.
  await crew.close();
  return resultOf(reports, { tasks, start, end, stopped: !complete });
};

const resultOf = (
  reports: readonly WorkerReport[],
  { tasks, start, end, stopped }: { tasks: number; start: number; end: number; stopped: boolean },
): Result => {
  const times = Array.from({ length: tasks }, (_, i) => reports.reduce((sum, report) => sum + (report.times[i] ?? 0), 0));
  const done = times.filter((each) => each > 0).length;
  const steady = steadyRate(
    reports.map(({ marks }) => marks),
    done,
    end,
  );
  return {
    value: done / ((end - start) / 1e9),
    ...(steady !== undefined && { steady }),
    memory: Math.max(...reports.map(({ memory }) => memory)),
    cpuPerTask: (reports.reduce((sum, { cpu }) => sum + cpu, 0) * 1e6) / Math.max(1, done),
    most: Math.max(...reports.map(({ most }) => most)),
    tasks,
    done,
    doubles: times.filter((each) => each > 1).length,
    stopped,
  };
};
