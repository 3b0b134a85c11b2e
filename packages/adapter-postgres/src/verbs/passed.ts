import type { ClaimRequest, JsonText, Lease } from '@reeve/core';
import { arrayText } from '../connection/array-text.ts';
import type { Session } from '../connection/database.ts';
import type { SchemaName } from '../schema/names.ts';
import { BETWEEN } from './claim.ts';

/** The leases that took over the places of an exchange's verdicts, as lists in their order: of a hundred rows each costs more than its text. */
export interface PassedRow {
  readonly now_ms: string | null;
  /** With U+0001 in between, which no id has. */
  readonly passed_ids: string | null;
  readonly passed_dues: string | null;
  readonly passed_created: string | null;
  /** With U+0001 in between, which no JSON has. */
  readonly passed_payloads: string | null;
  /** As JSON: a key may have any character. */
  readonly passed_keys: string | null;
}

export interface Passed {
  readonly lease: Lease;
  /** It is in the place of the verdict of this number, from 0. */
  readonly nth: number;
}

export const readPassed = async (
  session: Session,
  schema: SchemaName,
  row: PassedRow,
  { labourer, token, lease }: ClaimRequest,
): Promise<readonly Passed[]> => {
  const ids = listOf(row.passed_ids, BETWEEN);
  const dues = listOf(row.passed_dues, ',');
  const created = listOf(row.passed_created, ',');
  const payloads = await payloadsOf(session, schema, ids, row.passed_payloads);
  const keys = row.passed_keys === null ? [] : (JSON.parse(row.passed_keys) as (string | null)[]);
  const claimedAt = Number(row.now_ms);
  const deadline = claimedAt + Math.ceil(lease);
  const passed: Passed[] = [];
  ids.forEach((id, nth) => {
    const payload = payloads[nth] as JsonText | undefined;
    if (payload === undefined) return; // its row of task is gone: left to its lease, as a claim leaves it
    const times = { createdAt: Number(created[nth]), due: Number(dues[nth]), claimedAt, deadline };
    const key = keys[nth] ?? null;
    passed.push({ lease: { id, labourer, payload, ...(key !== null && { key }), token, attempt: 1, ...times }, nth });
  });
  return passed;
};

const listOf = (text: string | null, between: string): readonly string[] => (text === null ? [] : text.split(between));

/** Somebody may have written a payload that is no JSON, past all our functions. Then they are fetched one by one. */
const payloadsOf = async (
  session: Session,
  { quoted }: SchemaName,
  ids: readonly string[],
  text: string | null,
): Promise<readonly (string | undefined)[]> => {
  const payloads = listOf(text, BETWEEN);
  if (payloads.length === ids.length) return payloads;
  const rows = await session.query<{ readonly id: string; readonly payload: string }>(
    `SELECT id, payload FROM ${quoted}.task WHERE id = ANY ($1::text[])`,
    [arrayText(ids)],
  );
  const byId = new Map(rows.map(({ id, payload }) => [id, payload]));
  return ids.map((id) => byId.get(id));
};
