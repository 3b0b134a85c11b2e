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
}): string =>
  `p.id, p.labourer, t.payload, ${of.state} AS state, ${of.attempts} AS attempts, t.created_at, ${of.at} AS at, ${of.seq} AS seq, ` +
  `${of.token ?? 'NULL::text'} AS token, ${of.error ?? 'NULL::text'} AS error, ${of.result ?? 'NULL::text'} AS result, ${of.stats ?? 'NULL::text'} AS stats`;

export const STANDINGS: Readonly<Record<'ready' | 'again' | 'slot' | 'lapsed' | 'history', Standing>> = {
  ready: { table: 'ready', columns: columns({ state: `'queued'`, attempts: '0', at: 'p.due', seq: 'p.seq' }) },
  again: { table: 'again', columns: columns({ state: `'queued'`, attempts: 'p.attempts', at: 'p.due', seq: 'p.seq', error: 'p.error' }) },
  slot: {
    table: 'slot',
    columns: columns({ state: `'running'`, attempts: 'p.attempts', at: 'p.deadline', seq: 'p.seq', token: 'p.token', error: 'p.error' }),
  },
  lapsed: {
    table: 'lapsed',
    columns: columns({ state: `'running'`, attempts: 'p.attempts', at: 'p.deadline', seq: 'p.seq', token: 'p.token', error: 'p.error' }),
  },
  history: {
    table: 'history',
    columns: columns({
      ...{ state: 'p.state', attempts: 'p.attempts', at: 'p.ended_at', seq: 'p.seq' },
      ...{ error: 'p.error', result: 'p.result', stats: 'p.stats' },
    }),
  },
};

/** `SELECT` of one standing: first the rows `p` that are meant, then the payloads of these. */
export const selectStanding = ({ quoted: s }: SchemaName, { table, columns: list }: Standing, rows: string): string =>
  `SELECT ${list} FROM (SELECT p.* FROM ${s}.${table} p WHERE ${rows}) p, ` +
  `LATERAL (SELECT t.payload, t.created_at FROM ${s}.task t WHERE t.id = p.id LIMIT 1) t`;
