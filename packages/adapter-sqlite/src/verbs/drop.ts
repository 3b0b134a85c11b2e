import type { EpochMs, TaskKey } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { endedAt } from './ended-at.ts';
import { FIRST_OF_BOTH, FIRST_OF_LANE } from './first-of-lane.ts';
import type { Of } from './take.ts';

/** Their token stays, for a verdict that is repeated; it is named for the triggers of `heads`. */
const drop = (chosen: string): string => `
  UPDATE tasks SET state = 'dropped', ${endedAt('?3')}, token = token
  WHERE seq IN (${chosen})
  RETURNING id, due, seq`;

const LATE = 'WHERE attempts = 0 AND expires_at <= ?3';

/** Of the first few that are due, those that have run out of time. */
export const DROP: string = drop(`SELECT seq FROM ${FIRST_OF_LANE('?4')} ${LATE}`);
export const DROP_OF_BOTH: string = drop(`SELECT seq FROM ${FIRST_OF_BOTH('?4')} ${LATE}`);
export const DROP_CHOSEN: string = drop('SELECT value FROM json_each(?1)');

export const IS_LATE = 'SELECT 1 FROM tasks WHERE seq = ?1 AND attempts = 0 AND expires_at <= ?2';

interface Dropped {
  readonly id: string;
  readonly due: EpochMs;
  readonly seq: number;
}

/** In the order in which they would have been taken. */
export const dropLate = (statements: Statements, { labourer, keyed }: Of, lane: number, now: EpochMs, most: number): TaskKey[] =>
  statements
    .all<Dropped>(keyed ? DROP_OF_BOTH : DROP, labourer, lane, now, most)
    .sort((a, b) => a.due - b.due || a.seq - b.seq)
    .map(({ id }) => ({ labourer, id }));

export const dropChosen = (statements: Statements, labourer: string, seqs: readonly number[], now: EpochMs): TaskKey[] =>
  statements.all<Dropped>(DROP_CHOSEN, JSON.stringify(seqs), null, now).map(({ id }) => ({ labourer, id }));
