import type { History } from '../history/history.ts';
import { LABOURERS, numberOf, workOf } from '../work.ts';
import type { Attempt } from './attempts.ts';
import { type Crowd, crowdsOf } from './crowds.ts';
import type { Problem } from './problem.ts';

/** Why a handler went on though its lease was over. */
export type Reason = 'its process was stopped' | 'it does not hear that it is to stop' | 'its process had no turn';

/** More handlers at work than leases were allowed. */
export interface Overlap {
  readonly what: string;
  /** In milliseconds. */
  readonly lasted: number;
  readonly most: number;
  /** How many handlers of it had outlived their leases, by the reason. */
  readonly reasons: Readonly<Partial<Record<Reason | 'unexplained', number>>>;
}

/**
 * A lease that is over holds no place, so whoever works on after it is one too many. At no instant may there be more handlers with a lease
 * than the cap: that is the promise. That there are more handlers in all has to have a reason, and each is listed with it.
 */
export const checkCaps = (
  history: History,
  attempts: readonly Attempt[],
): { readonly problems: readonly Problem[]; readonly overlaps: readonly Overlap[] } => {
  const problems: Problem[] = [];
  const overlaps: Overlap[] = [];
  for (const labourer of LABOURERS) {
    const own = attempts.filter((each) => each.labourer === labourer);
    const cap = history.caps[labourer];
    for (const crowd of crowdsOf(own.map(whileLeased), cap))
      problems.push({
        rule: 'over the cap',
        text: `${labourer}: ${crowd.most} handlers with a lease under a cap of ${cap}, for ${(crowd.end - crowd.start).toFixed(1)} ms`,
      });
    for (const crowd of crowdsOf(own, cap)) note(`${labourer}: ${crowd.most} at work under a cap of ${cap}`, crowd);
  }
  for (const [id, own] of byId(attempts)) {
    for (const crowd of crowdsOf(own.map(whileLeased), 1))
      problems.push({ rule: 'held twice', text: `${id}: ${crowd.most} leases at once` });
    for (const crowd of crowdsOf(own, 1)) note(`${id}: ${crowd.most} handlers at once`, crowd);
  }
  return { problems, overlaps };

  function note(what: string, crowd: Crowd<Attempt>): void {
    const overlap = explained(what, crowd);
    overlaps.push(overlap);
    const isExplained = Object.keys(overlap.reasons).length > 0 && overlap.reasons.unexplained === undefined;
    if (!isExplained)
      problems.push({ rule: 'unexplained overlap', text: `${what}, for ${overlap.lasted.toFixed(1)} ms, and nothing explains it` });
  }
};

const whileLeased = (attempt: Attempt): Attempt => ({ ...attempt, end: Math.min(attempt.end, attempt.until) });

const explained = (what: string, { start, end, most, members }: Crowd<Attempt>): Overlap => {
  const reasons: Partial<Record<Reason | 'unexplained', number>> = {};
  for (const each of members) {
    if (Math.min(each.end, end) <= each.until) continue; // it had a lease for as long as this lasted
    const reason = reasonOf(each);
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  return { what, lasted: end - start, most, reasons };
};

const reasonOf = (attempt: Attempt): Reason | 'unexplained' => {
  const { id, start, end, process } = attempt;
  if (process.paused.some(({ from, to }) => from < end && to > start)) return 'its process was stopped';
  if (workOf(numberOf(id)).kind === 'deaf' && attempt.attempt === 1) return 'it does not hear that it is to stop';
  if (process.lines.some((line) => line.kind === 'lag' && line.since < end && line.at > start)) return 'its process had no turn';
  return 'unexplained';
};

export const byId = (attempts: readonly Attempt[]): ReadonlyMap<string, readonly Attempt[]> => {
  const groups = new Map<string, Attempt[]>();
  for (const each of attempts) {
    const own = groups.get(each.id);
    if (own) own.push(each);
    else groups.set(each.id, [each]);
  }
  return groups;
};
