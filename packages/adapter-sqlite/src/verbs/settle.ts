import type { AttemptRef, EpochMs, Outcome, Verdict } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { endedAt } from './ended-at.ts';
import { withError } from './errors.ts';

/** The running attempt that a verdict names; of an expired one only, where ?4 is now. */
const RUNNING = `WHERE id = ?1 AND labourer = ?2 AND token = ?3 AND state = 'running' AND deadline <= ?4`;

/** One that is to be cancelled has no other way out than `cancelled` (V9). */
const OF_ATTEMPT = `${RUNNING} AND cancelling = 0`;

export const COMPLETE: string = `
  UPDATE tasks SET state = 'completed', verdict = 'completed', ${endedAt('?5')}, result = ?6, stats = ?7
  ${OF_ATTEMPT}`;

export const RETRY: string = `
  UPDATE tasks SET state = 'queued', fresh = 0, verdict = 'retry', due = ?6, ${withError('?5', '?7')}
  ${OF_ATTEMPT}`;

export const BURY: string = `
  UPDATE tasks SET state = 'dead', verdict = 'dead', ${endedAt('?5')}, ${withError('?5', '?6')}
  ${OF_ATTEMPT}`;

/** Without a wait the task stays due where it stood. */
export const RELEASE: string = `
  UPDATE tasks SET state = 'queued', fresh = 0, verdict = 'released', due = coalesce(?5, due), attempts = attempts - 1
  ${OF_ATTEMPT}`;

/** Whatever the verdict was, nothing of it is kept: a second one of the attempt finds no kind to repeat. */
export const CANCEL: string = `
  UPDATE tasks SET state = 'cancelled', cancelling = 0, ${endedAt('?5')}
  ${RUNNING} AND cancelling = 1`;

export const FIND_ATTEMPT = 'SELECT labourer, token, verdict FROM tasks WHERE id = ?1';

/** Later than any deadline. */
const WHENEVER: EpochMs = Number.MAX_SAFE_INTEGER;

/** Each verdict is a write that names its attempt: whoever comes second changes no row, and learns why by looking. */
export const settle = (statements: Statements, verdicts: readonly Verdict[], now: EpochMs): Outcome[] =>
  verdicts.map((each) => (apply(statements, each, WHENEVER, now) ? 'applied' : outcomeOfLost(statements, each, WHENEVER, now)));

/** The same, of attempts that are expired at this instant and under this lock (R2). */
export const reap = (statements: Statements, verdicts: readonly Verdict[], now: EpochMs): Outcome[] =>
  verdicts.map((each) => (apply(statements, each, now, now) ? 'applied' : outcomeOfLost(statements, each, now, now)));

const apply = (statements: Statements, verdict: Verdict, expiredAt: EpochMs, now: EpochMs): boolean => {
  const attempt = [verdict.id, verdict.labourer, verdict.token, expiredAt] as const;
  switch (verdict.kind) {
    case 'completed':
      return statements.run(COMPLETE, ...attempt, now, verdict.result ?? null, verdict.stats ?? null) === 1;
    case 'retry':
      return statements.run(RETRY, ...attempt, now, Math.ceil(now + verdict.after), verdict.error) === 1;
    case 'dead':
      return statements.run(BURY, ...attempt, now, verdict.error) === 1;
    case 'released':
      return statements.run(RELEASE, ...attempt, verdict.after === undefined ? null : Math.ceil(now + verdict.after)) === 1;
  }
};

/** Under the lock under which it was lost: what is found now is why. */
const outcomeOfLost = (
  statements: Statements,
  { id, labourer, token, kind }: AttemptRef & Pick<Verdict, 'kind'>,
  expiredAt: EpochMs,
  now: EpochMs,
): Outcome => {
  if (statements.run(CANCEL, id, labourer, token, expiredAt, now) === 1) return 'cancelled';
  const task = statements.first<{ labourer: string; token: string | null; verdict: string | null }>(FIND_ATTEMPT, id);
  return task?.labourer === labourer && task.token === token && task.verdict === kind ? 'repeated' : 'stale';
};
