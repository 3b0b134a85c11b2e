import type { History } from '../history/history.ts';
import type { Attempt } from './attempts.ts';
import { byId } from './overlaps.ts';
import type { Problem } from './problem.ts';

/** Work that was begun again, though it need not have been: at least once is the promise, and each time has its reason. */
export interface Redone {
  /** Done, and its word came too late or not at all: the process was killed or stopped, or the store was not to be reached. */
  readonly afterDone: number;
  readonly afterKill: number;
  /** Told to stop, or failed by its own fault. */
  readonly afterFailure: number;
}

/** Attempts that began when they must not. */
export const checkRepeats = (
  history: History,
  attempts: readonly Attempt[],
): { readonly problems: readonly Problem[]; readonly redone: Redone } => {
  const problems: Problem[] = [];
  const redone = { afterDone: 0, afterKill: 0, afterFailure: 0 };
  const applied = new Map<string, number>();
  for (const line of history.processes.flatMap(({ lines }) => lines)) {
    if (line.kind !== 'applied') continue;
    const first = applied.get(line.id);
    if (first !== undefined)
      problems.push({ rule: 'ended twice', text: `${line.id}: two processes were told that theirs was the last word` });
    applied.set(line.id, Math.min(line.at, first ?? line.at));
  }
  for (const [id, own] of byId(attempts)) {
    const ended = applied.get(id);
    const tokens = new Set<string>();
    own.forEach((each, n) => {
      if (tokens.has(each.token)) problems.push({ rule: 'one lease, two handlers', text: `${id}: attempt ${each.attempt} began twice` });
      tokens.add(each.token);
      if (ended !== undefined && each.start > ended)
        problems.push({
          rule: 'begun after its end',
          text: `${id}: attempt ${each.attempt} began ${(each.start - ended).toFixed(1)} ms after the task had ended`,
        });
      const before = own[n - 1];
      if (!before) return;
      if (before.how === 'failed' || before.how === 'stopped') redone.afterFailure += 1;
      else if (each.start < before.until)
        problems.push({
          rule: 'begun within a lease',
          text: `${id}: attempt ${each.attempt} began ${(before.until - each.start).toFixed(1)} ms before the lease of attempt ${before.attempt} was over`,
        });
      else if (before.how === 'done') redone.afterDone += 1;
      else redone.afterKill += 1;
    });
  }
  return { problems, redone };
};
