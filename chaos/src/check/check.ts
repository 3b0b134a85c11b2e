import type { History } from '../history/history.ts';
import { attemptsOf } from './attempts.ts';
import { checkEnds } from './ends.ts';
import { checkCaps, type Overlap } from './overlaps.ts';
import type { Problem } from './problem.ts';
import { checkRecovery, type RecoveryReport } from './recovery.ts';
import { checkRepeats, type Redone } from './repeats.ts';

export interface Findings {
  /** Promises that were not kept. Empty: the run is good. */
  readonly problems: readonly Problem[];
  readonly attempts: number;
  readonly overlaps: readonly Overlap[];
  readonly redone: Redone;
  readonly recovery: Omit<RecoveryReport, 'problems'>;
  /** Of the store's own words on how many leases run: how many there were, and the highest by labourer. */
  readonly samples: { readonly count: number; readonly most: Readonly<Record<string, number>> };
  /** Faults that processes met in their calls, by code. */
  readonly faults: Readonly<Record<string, number>>;
}

/** What a run proves. Pure: the same history, the same findings. */
export const check = (history: History): Findings => {
  const attempts = attemptsOf(history);
  const caps = checkCaps(history, attempts);
  const repeats = checkRepeats(history, attempts);
  const { problems: slow, ...recovery } = checkRecovery(history, attempts);
  const most: Record<string, number> = {};
  for (const { labourer, running } of history.samples) most[labourer] = Math.max(most[labourer] ?? 0, running);
  const faults: Record<string, number> = {};
  for (const line of history.processes.flatMap(({ lines }) => lines))
    if (line.kind === 'fault') faults[line.code] = (faults[line.code] ?? 0) + 1;
  return {
    problems: [
      ...checkEnds(history, attempts),
      ...caps.problems,
      ...repeats.problems,
      ...slow,
      ...history.samples
        .filter(({ labourer, running }) => running > history.caps[labourer])
        .map(({ labourer, running }) => ({ rule: 'over the cap', text: `${labourer}: the store counts ${running} leases that run` })),
      ...history.processes.flatMap(({ name, ownEnd }) =>
        ownEnd === undefined ? [] : [{ rule: 'a process ended', text: `${name}: ${ownEnd}` }],
      ),
    ],
    attempts: attempts.length,
    overlaps: caps.overlaps,
    redone: repeats.redone,
    recovery,
    samples: { count: history.samples.length, most },
    faults,
  };
};
