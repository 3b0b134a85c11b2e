import type { FaultHistory, History, Span } from '../history/history.ts';
import type { Attempt } from './attempts.ts';
import { byId } from './overlaps.ts';
import type { Problem } from './problem.ts';

/** How long it took, in milliseconds. */
export interface Recovery {
  readonly fault: string;
  /** From the end of the fault to the next task that ended. */
  readonly took: number;
}

export interface RecoveryReport {
  readonly recoveries: readonly Recovery[];
  /** Outages after which the machine itself gave a process no turn for a second or more, and recovery was late. */
  readonly unjudged: number;
  /** From the kill of a process to the next attempt of a task that it had, where no outage came between: the middle and the longest. */
  readonly afterKills: { readonly count: number; readonly middle: number; readonly longest: number };
  readonly problems: readonly Problem[];
}

export const checkRecovery = (history: History, attempts: readonly Attempt[]): RecoveryReport => {
  const { faults, lease, patience, faultsOver, doneAt, neglected } = history;
  const limit = lease + patience;
  const problems: Problem[] = [];
  const ends = history.processes
    .flatMap(({ lines }) => lines.flatMap((line) => (line.kind === 'applied' ? [line.at] : [])))
    .sort((a, b) => a - b);
  const recoveries: Recovery[] = [];
  const frozen = frozenTimes(history);
  let unjudged = 0;
  for (const fault of faults.filter(({ isOutage }) => isOutage)) {
    const next = ends.find((at) => at > fault.to);
    const took = (next ?? Number.POSITIVE_INFINITY) - fault.to;
    if (next === undefined && doneAt !== undefined) continue; // all was done in the end, and nothing after it: nothing was left to do
    if (faults.some((other) => other !== fault && other.isOutage && other.from < fault.to + Math.min(took, limit) && other.to > fault.to))
      continue; // another came before it could be told
    if (took > limit && frozen.some(({ from, to }) => from < fault.to + took && to > fault.to)) {
      unjudged += 1;
      continue;
    }
    recoveries.push({ fault: fault.name, took });
    if (took > limit)
      problems.push({
        rule: 'slow recovery',
        text: `${fault.name}: nothing ended for ${Math.round(took)} ms after it; ${limit} are allowed`,
      });
  }
  if (doneAt === undefined)
    problems.push({ rule: 'not done', text: `${Math.round(faultsOver)}: the work did not end after the last fault` });
  if (neglected > 0)
    problems.push({ rule: 'neglected', text: `${neglected} expired leases were still there ${limit} ms after the last fault` });
  const { waits, late } = afterKills(attempts, [...faults.filter(isHard), ...frozen], limit);
  for (const { id, wait } of late)
    problems.push({
      rule: 'slow recovery',
      text: `${id}: began again only ${Math.round(wait)} ms after its process was killed; ${limit} are allowed`,
    });
  return {
    recoveries,
    unjudged,
    afterKills: { count: waits.length, middle: waits[Math.floor(waits.length / 2)] ?? 0, longest: waits.at(-1) ?? 0 },
    problems,
  };
};

/** A process that was not stopped and had no turn for a second: the machine is to blame, and says nothing about recovery. */
const LONG = 1_000;

const frozenTimes = ({ processes }: History): readonly Span[] =>
  processes.flatMap(({ lines, paused }) =>
    lines.flatMap((line) => {
      if (line.kind !== 'lag' || line.at - line.since < LONG) return [];
      return paused.some(({ from, to }) => from < line.at && to > line.since) ? [] : [{ from: line.since, to: line.at }];
    }),
  );

/** After these a task may wait for longer, or the system has fewer hands than it needs. */
const isHard = ({ isOutage, name }: FaultHistory): boolean => isOutage || name === 'storm' || name === 'pause';

/** Tasks that lost their process, and nothing else kept others from taking them over. */
const afterKills = (attempts: readonly Attempt[], hard: readonly Span[], limit: number) => {
  const waits: number[] = [];
  const late: { readonly id: string; readonly wait: number }[] = [];
  for (const [id, own] of byId(attempts)) {
    own.forEach(({ how, start: begun, end }, n) => {
      const next = own[n + 1];
      if (how !== 'killed' || !next) return;
      const wait = next.start - end;
      if (wait < 0) return; // it was stopped when it was killed, and others had gone on by then
      if (hard.some(({ from, to }) => from < end + Math.min(wait, limit) && to > begun - limit)) return;
      waits.push(wait);
      if (wait > limit) late.push({ id, wait });
    });
  }
  return { waits: waits.sort((a, b) => a - b), late };
};
