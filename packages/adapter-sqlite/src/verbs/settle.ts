import type { AttemptRef, EpochMs, Outcome, Verdict } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';

/** The running attempt that a verdict names; of an expired one only, where ?4 is now. */
const OF_ATTEMPT = `WHERE id = ?1 AND labourer = ?2 AND token = ?3 AND state = 'running' AND deadline <= ?4`;

export const COMPLETE: string = `
  UPDATE tasks SET state = 'completed', verdict = 'completed', ended_at = ?5, result = ?6, stats = ?7
  ${OF_ATTEMPT}`;

export const RETRY: string = `
  UPDATE tasks SET state = 'queued', fresh = 0, verdict = 'retry', due = ?5, error = ?6
  ${OF_ATTEMPT}`;

export const BURY: string = `
  UPDATE tasks SET state = 'dead', verdict = 'dead', ended_at = ?5, error = ?6
  ${OF_ATTEMPT}`;

/** Without a wait the task stays due where it stood. */
export const RELEASE: string = `
  UPDATE tasks SET state = 'queued', fresh = 0, verdict = 'released', due = coalesce(?5, due), attempts = attempts - 1
  ${OF_ATTEMPT}`;

export const FIND_ATTEMPT = 'SELECT labourer, token, verdict FROM tasks WHERE id = ?1';

/** Later than any deadline. */
const WHENEVER: EpochMs = Number.MAX_SAFE_INTEGER;

/** Each verdict is a write that names its attempt: whoever comes second changes no row, and learns why by looking. */
export const settle = (statements: Statements, verdicts: readonly Verdict[], now: EpochMs): Outcome[] =>
  verdicts.map((each) => (apply(statements, each, WHENEVER, now) ? 'applied' : outcomeOfLost(statements, each)));

/** The same, of attempts that are expired at this instant and under this lock (R2). */
export const reap = (statements: Statements, verdicts: readonly Verdict[], now: EpochMs): Outcome[] =>
  verdicts.map((each) => (apply(statements, each, now, now) ? 'applied' : outcomeOfLost(statements, each)));

const apply = (statements: Statements, verdict: Verdict, expiredAt: EpochMs, now: EpochMs): boolean => {
  const attempt = [verdict.id, verdict.labourer, verdict.token, expiredAt] as const;
  switch (verdict.kind) {
    case 'completed':
      return statements.run(COMPLETE, ...attempt, now, verdict.result ?? null, verdict.stats ?? null) === 1;
    case 'retry':
      return statements.run(RETRY, ...attempt, Math.ceil(now + verdict.after), verdict.error) === 1;
    case 'dead':
      return statements.run(BURY, ...attempt, now, verdict.error) === 1;
    case 'released':
      return statements.run(RELEASE, ...attempt, verdict.after === undefined ? null : Math.ceil(now + verdict.after)) === 1;
  }
};

const outcomeOfLost = (statements: Statements, { id, labourer, token, kind }: AttemptRef & Pick<Verdict, 'kind'>): Outcome => {
  const task = statements.first<{ labourer: string; token: string | null; verdict: string | null }>(FIND_ATTEMPT, id);
  return task?.labourer === labourer && task.token === token && task.verdict === kind ? 'repeated' : 'stale';
};
