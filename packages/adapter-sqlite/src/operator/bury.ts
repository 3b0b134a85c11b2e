import type { Burial, BuryOutcome, EpochMs } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { endedAt } from '../verbs/ended-at.ts';
import { withError } from '../verbs/errors.ts';
import { stateOf } from './known.ts';

export const BURY_QUEUED: string = `
  UPDATE tasks SET state = 'dead', token = NULL, ${endedAt('?3')}, ${withError('?3', '?4')}
  WHERE id = ?1 AND labourer = ?2 AND state = 'queued'`;

export const bury = (statements: Statements, burials: readonly Burial[], now: EpochMs): BuryOutcome[] =>
  burials.map(({ id, labourer, error }) => {
    if (statements.run(BURY_QUEUED, id, labourer, now, error) === 1) return 'buried';
    const state = stateOf(statements, id, labourer);
    if (state === undefined) return 'unknown';
    return state === 'running' ? 'running' : 'ended';
  });
