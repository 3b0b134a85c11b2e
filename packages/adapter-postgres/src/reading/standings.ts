import { MOST_ERRORS } from '@reeve/core';
import type { SchemaName } from '../schema/names.ts';

/** The columns that every list and `find` answer, from each of the tables where a task may stand. `p` is its row there, `t` the one of `task`. */
export interface Standing {
  readonly table: string;
  readonly columns: string;
}

const columns = (of: {
  state: string;
  attempts: string;
  at: string;
  seq: string;
  token?: string;
  error?: string;
  result?: string;
  stats?: string;
  expiresAt?: string;
  cancelling?: string;
}): string =>
  `p.id, p.labourer, t.payload, coalesce(t.priority, 0) AS priority, t.key, ${of.state} AS state, ${of.attempts} AS attempts, t.created_at, ${of.at} AS at, ${of.seq} AS seq, ` +
  `${of.token ?? 'NULL::text'} AS token, ${of.error ?? 'NULL::text'} AS error, ${of.result ?? 'NULL::text'} AS result, ${of.stats ?? 'NULL::text'} AS stats, ` +
  `${of.expiresAt ?? 'NULL::bigint'} AS expires_at, ${of.cancelling ?? 'NULL::boolean'} AS cancelling`;

const RUNNING = columns({
  ...{ state: `'running'`, attempts: 'p.attempts', at: 'p.deadline', seq: 'p.seq' },
  ...{ token: 'p.token', error: 'p.error', cancelling: 'p.cancelling' },
});

export const STANDINGS: Readonly<Record<'ready' | 'again' | 'slot' | 'lapsed' | 'history', Standing>> = {
  ready: { table: 'ready', columns: columns({ state: `'queued'`, attempts: '0', at: 'p.due', seq: 'p.seq' }) },
  again: {
    table: 'again',
    columns: columns({
      ...{ state: `'queued'`, attempts: 'p.attempts', at: 'p.due', seq: 'p.seq' },
      ...{ error: 'p.error', expiresAt: 'p.expires_at' },
    }),
  },
  slot: { table: 'slot', columns: RUNNING },
  lapsed: { table: 'lapsed', columns: RUNNING },
  history: {
    table: 'history',
    columns: columns({
      ...{ state: 'p.state', attempts: 'p.attempts', at: 'p.ended_at', seq: 'p.seq' },
      ...{ error: 'p.error', result: 'p.result', stats: 'p.stats' },
    }),
  },
};

/** The oldest first. */
const errorsOf = (s: string): string =>
  `(SELECT json_agg(json_build_object('attempt', f.attempt, 'at', f.at, 'error', f.error) ORDER BY f.no) FROM (` +
  `SELECT f.* FROM ${s}.failure f WHERE f.id = p.id ORDER BY f.no DESC LIMIT ${MOST_ERRORS}) f)`;

/**
 * `SELECT` of one standing: first the rows `p` that are meant, then the payloads of these.
 * @param part what it is called among the parts of a list
 */
export const selectStanding = ({ quoted: s }: SchemaName, { table, columns: list }: Standing, rows: string, part: string = '0'): string =>
  `SELECT ${part}::integer AS part, ${list}, ${errorsOf(s)} AS errors FROM (SELECT p.* FROM ${s}.${table} p WHERE ${rows}) p, ` +
  `LATERAL (SELECT t.payload, t.created_at, t.priority, t.key FROM ${s}.task t WHERE t.id = p.id LIMIT 1) t`;
