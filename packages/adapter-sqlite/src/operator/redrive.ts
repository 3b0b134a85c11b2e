import type { EpochMs, Redrive, RedriveOutcome } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { stateOf } from './known.ts';

/** A new `seq` makes it the last; no row refers to it. The end it had is taken out with it, and the next one comes after it. */
export const REDRIVE = `
  UPDATE tasks
  SET seq = (SELECT max(seq) FROM tasks) + 1, state = 'queued', fresh = 1, due = ?3, attempts = 0, expires_at = NULL, cancelling = 0,
      token = NULL, verdict = NULL, claimed_at = NULL, deadline = NULL, ended_at = NULL, taken_out = ended_at
  WHERE id = ?1 AND labourer = ?2 AND (state = 'dead' OR state = 'cancelled' OR state = 'dropped')`;

export const redrive = (statements: Statements, redrives: readonly Redrive[], now: EpochMs): RedriveOutcome[] =>
  redrives.map(({ id, labourer, after = 0 }) => {
    if (statements.run(REDRIVE, id, labourer, Math.ceil(now + after)) === 1) return 'queued';
    const state = stateOf(statements, id, labourer);
    if (state === undefined) return 'unknown';
    return state === 'completed' ? 'kept' : 'open';
  });
