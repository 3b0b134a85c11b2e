import type { ClaimAnswer, ClaimRequest, JsonText, Lease, TaskKey } from '@reeve/core';
import { arrayText } from '../connection/array-text.ts';
import type { Session, SqlValue } from '../connection/database.ts';
import type { SchemaName } from '../schema/names.ts';
import type { Hints, Position } from './hints.ts';

/** A row of `claim` or `exchange`: a lease, or (without an id) what there is to say once. */
export interface ClaimRow {
  readonly now_ms: string | null;
  readonly next_due: string | null;
  readonly id: string | null;
  /** Without an id: the ids of tasks that were dropped. */
  readonly payload: string | null;
  readonly attempt: number;
  readonly created_at: string;
  readonly due: string;
  readonly place: number;
  readonly seq: string | null;
  readonly key: string | null;
}

const TURN_TYPES = ['integer', 'text[]', 'integer[]', 'integer'];

/** Those of `turnValues`, from a number on. */
export const turnParameters = (from: number): string => TURN_TYPES.map((type, n) => `$${from + n}::${type}`).join(', ');

const ARGUMENTS = `$1::text, $2::text, $3::integer, $4::integer, $5::bigint, $6::bigint, $7::bigint, '{}'`;

export const claimQuery = ({ quoted }: SchemaName): string => `SELECT * FROM ${quoted}.claim_in_order(${ARGUMENTS})`;

/** Keys take turns, and so many of each run or are taken. */
export const claimTurnsQuery = ({ quoted }: SchemaName): string =>
  `SELECT * FROM ${quoted}.claim_turns(${ARGUMENTS}, ${turnParameters(8)})`;

/** What stands between the ids of a list: no id has it. */
export const BETWEEN = '\u0001';

/** No labourer has so many places. */
const MOST = 1_000_000;

export const claimValues = ({ labourer, token, cap, limit, lease }: ClaimRequest, from: Position | undefined): SqlValue[] => [
  labourer,
  token,
  Math.max(0, Math.min(cap, MOST)),
  Math.max(0, Math.min(limit, MOST)),
  Math.ceil(lease),
  from?.due ?? null,
  from?.seq ?? null,
];

/** What a claim says of keys; undefined: nothing, and they do not count. */
export const turnValues = ({ perKey, room }: ClaimRequest): SqlValue[] | undefined => {
  if (perKey === undefined && room === undefined) return undefined;
  const bounded = (count: number): number => Math.max(0, Math.min(count, MOST));
  return [
    perKey === undefined ? null : bounded(perKey),
    room && room.of.size > 0 ? arrayText([...room.of.keys()]) : null,
    room && room.of.size > 0 ? arrayText([...room.of.values()].map(bounded)) : null,
    room ? bounded(room.others) : null,
  ];
};

export const claim = async (session: Session, schema: SchemaName, request: ClaimRequest, hints: Hints): Promise<ClaimAnswer> => {
  const from = hints.endOf(request.labourer);
  const values = claimValues(request, from);
  const turns = turnValues(request);
  const rows = turns
    ? await session.query<ClaimRow>(claimTurnsQuery(schema), [...values, ...turns], 'often')
    : await session.query<ClaimRow>(claimQuery(schema), values, 'often');
  return readClaim(rows, request, hints, from);
};

export const readClaim = (rows: readonly ClaimRow[], request: ClaimRequest, hints: Hints, from: Position | undefined): ClaimAnswer => {
  const head = rows.at(-1);
  const now = Number(head?.now_ms);
  const leases: Lease[] = [];
  for (const row of rows) {
    if (row.id === null || row.payload === null) continue;
    const lease = toLease(row, row.id, row.payload, request, now);
    leases.push(lease);
    hints.placed(lease, row.place);
  }
  const end = head && head.seq !== null ? { due: Number(head.due), seq: Number(head.seq) } : from;
  hints.claimEnded(request.labourer, end, from);
  const next = head?.next_due;
  const dropped = head?.payload;
  return {
    leases,
    ...(dropped && { dropped: droppedOf(dropped, request) }),
    ...(next !== null && next !== undefined && { nextDueIn: Math.max(0, Number(next) - now) }),
  };
};

const droppedOf = (ids: string, { labourer }: ClaimRequest): TaskKey[] => ids.split(BETWEEN).map((id) => ({ labourer, id }));

const toLease = (row: ClaimRow, id: string, payload: string, { labourer, token, lease }: ClaimRequest, now: number): Lease => ({
  id,
  labourer,
  payload: payload as JsonText,
  ...(row.key !== null && { key: row.key }),
  token,
  attempt: row.attempt,
  createdAt: Number(row.created_at),
  due: Number(row.due),
  claimedAt: now,
  deadline: now + Math.ceil(lease),
});
