import type { Replacement, ReplaceOutcome } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { isKnown } from './known.ts';

/** A claim has the lock before, and its attempt is counted, or after, and takes the new payload along. */
export const REPLACE = `UPDATE tasks SET payload = ?3 WHERE id = ?1 AND labourer = ?2 AND state = 'queued' AND attempts = 0`;

export const replace = (statements: Statements, replacements: readonly Replacement[]): ReplaceOutcome[] =>
  replacements.map(({ id, labourer, payload }) => {
    if (statements.run(REPLACE, id, labourer, payload) === 1) return 'replaced';
    return isKnown(statements, id, labourer) ? 'started' : 'unknown';
  });
