import { KEYED } from './head.ts';

const COLUMNS = 'seq, due, attempts, expires_at';
const OF_LANE = (lane: string): string =>
  `SELECT ${COLUMNS} FROM tasks WHERE state = 'queued' AND labourer = ?1 AND lane = ${lane} AND due <= ?3`;

/** Of a lane (?2) without keys, the first that are due. */
export const FIRST_OF_LANE = (limit: string): string => `(${OF_LANE('?2')} ORDER BY due, seq LIMIT ${limit})`;

/** The same of that lane and of the one with keys beside it, merged: SQLite walks both indexes side by side and stops with the limit. */
export const FIRST_OF_BOTH = (limit: string): string =>
  `(${OF_LANE('?2')} UNION ALL ${OF_LANE(`?2 + ${KEYED}`)} ORDER BY due, seq LIMIT ${limit})`;
