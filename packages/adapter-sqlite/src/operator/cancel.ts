import type { CancelOutcome, EpochMs, TaskKey } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { endedAt } from '../verbs/ended-at.ts';
import { isKnown } from './known.ts';

/** The token goes, so that no late repetition of a verdict finds it. */
export const CANCEL_QUEUED: string = `
  UPDATE tasks SET state = 'cancelled', token = NULL, ${endedAt('?3')}
  WHERE id = ?1 AND labourer = ?2 AND state = 'queued'`;

export const CANCEL_RUNNING = `UPDATE tasks SET cancelling = 1 WHERE id = ?1 AND labourer = ?2 AND state = 'running'`;

/**
 * Of a cancellation and a claim one has the write lock first. The claim: the task is found running, and its attempt ends it. The
 * cancellation: the claim finds it queued no more. A verdict that comes between asking and ending finds `cancelling` in its own lock.
 */
export const cancel = (statements: Statements, keys: readonly TaskKey[], now: EpochMs): CancelOutcome[] =>
  keys.map(({ id, labourer }) => {
    if (statements.run(CANCEL_QUEUED, id, labourer, now) === 1) return 'cancelled';
    if (statements.run(CANCEL_RUNNING, id, labourer) === 1) return 'cancelling';
    return isKnown(statements, id, labourer) ? 'ended' : 'unknown';
  });
