import type { EpochMs } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { LEASE_COLUMNS, type LeaseRow } from '../rows.ts';
import { FIRST_OF_BOTH, FIRST_OF_LANE } from './first-of-lane.ts';

/** Of whom is taken, and whether some queued tasks of his have keys. */
export interface Of {
  readonly labourer: string;
  readonly keyed: boolean;
}

/** What a claim writes. */
export interface Grant {
  readonly token: string;
  readonly now: EpochMs;
  readonly deadline: EpochMs;
}

const take = (chosen: string): string => `
  UPDATE tasks
  SET state = 'running', token = ?4, attempts = attempts + 1, claimed_at = ?3, deadline = ?5, verdict = NULL
  WHERE seq IN (${chosen})
  RETURNING ${LEASE_COLUMNS}`;

export const TAKE: string = take(`SELECT seq FROM ${FIRST_OF_LANE('?6')}`);
export const TAKE_OF_BOTH: string = take(`SELECT seq FROM ${FIRST_OF_BOTH('?6')}`);
export const TAKE_CHOSEN: string = take('SELECT value FROM json_each(?1)');

/** The first that are due of a lane, or of the two lanes that stand side by side with keys and without. */
export const takeOfLane = (
  statements: Statements,
  { labourer, keyed }: Of,
  lane: number,
  { token, now, deadline }: Grant,
  most: number,
): LeaseRow[] =>
  // UPDATE answers its rows in no promised order.
  statements.all<LeaseRow>(keyed ? TAKE_OF_BOTH : TAKE, labourer, lane, now, token, deadline, most).sort(byDue);

const byDue = (a: LeaseRow, b: LeaseRow): number => a.due - b.due || a.seq - b.seq;

/** In the order in which they were chosen. */
export const takeChosen = (statements: Statements, seqs: readonly number[], { token, now, deadline }: Grant): LeaseRow[] => {
  const turns = new Map(seqs.map((seq, turn) => [seq, turn]));
  const turnOf = ({ seq }: LeaseRow): number => turns.get(seq) ?? 0;
  return statements.all<LeaseRow>(TAKE_CHOSEN, JSON.stringify(seqs), null, now, token, deadline).sort((a, b) => turnOf(a) - turnOf(b));
};
