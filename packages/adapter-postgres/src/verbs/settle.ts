import type { AttemptRef, ClaimRequest, ExchangeAnswer, Outcome, Verdict } from '@reeve/core';
import { arrayText, sparseArrayText } from '../connection/array-text.ts';
import type { Session, SqlValue } from '../connection/database.ts';
import type { SchemaName } from '../schema/names.ts';
import { type ClaimRow, claimValues, readClaim, turnParameters, turnValues } from './claim.ts';
import type { Hints } from './hints.ts';
import { type PassedRow, readPassed } from './passed.ts';

const ARRAYS = (from: number): string =>
  ['text', 'text', 'text', 'text', 'bigint', 'text', 'text', 'text', 'integer'].map((type, n) => `$${from + n}::${type}[]`).join(', ');

export const settleQuery = ({ quoted }: SchemaName): string =>
  `SELECT outcomes FROM ${quoted}.settle($1::boolean, true, NULL, ${ARRAYS(2)})`;

const EXCHANGED = `$1::text, $2::text, $3::integer, $4::integer, $5::bigint, $6::bigint, $7::bigint, $8::boolean, ${ARRAYS(9)}`;

export const exchangeQuery = ({ quoted }: SchemaName): string => `SELECT * FROM ${quoted}.exchange_in_order(${EXCHANGED})`;

/** Keys take turns, and so many of each run or are taken. */
export const exchangeTurnsQuery = ({ quoted }: SchemaName): string =>
  `SELECT * FROM ${quoted}.exchange_turns(${EXCHANGED}, ${turnParameters(18)})`;

interface ExchangeRow extends ClaimRow, PassedRow {
  readonly outcomes: string | null;
}

/** A verdict, and where in the call it stood. */
interface Given {
  readonly verdict: Verdict;
  readonly n: number;
  readonly place: number | undefined;
}

const LETTERS: Readonly<Record<string, Outcome>> = { a: 'applied', c: 'cancelled', r: 'repeated', s: 'stale' };

/**
 * An attempt may be named twice in a call; what the second comes to depends on the first. So they go in rounds, each attempt once in
 * each: mostly one round. All who settle go through the places in the same order, so that no two of them wait for each other.
 */
const roundsOf = (verdicts: readonly Verdict[], hints: Hints): Given[][] => {
  const rounds: Given[][] = [];
  const seen = new Map<string, number>();
  verdicts.forEach((verdict, n) => {
    const key = keyOf(verdict);
    const round = seen.get(key) ?? 0;
    seen.set(key, round + 1);
    rounds[round] ??= [];
    rounds[round].push({ verdict, n, place: hints.placeOf(verdict) });
  });
  for (const round of rounds) round.sort(inOrderOfLocks);
  return rounds;
};

const keyOf = ({ labourer, id, token }: AttemptRef): string => `${labourer}\0${token}\0${id}`;

const inOrderOfLocks = (a: Given, b: Given): number =>
  compare(a.verdict.labourer, b.verdict.labourer) || (a.place ?? 0) - (b.place ?? 0) || compare(a.verdict.id, b.verdict.id);

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const arraysOf = (given: readonly Given[]): SqlValue[] => {
  const all = given.map(({ verdict }) => verdict);
  return [
    arrayText(all.map(({ labourer }) => labourer)),
    arrayText(all.map(({ id }) => id)),
    arrayText(all.map(({ token }) => token)),
    arrayText(all.map(({ kind }) => kind)),
    ...restOf(given),
  ];
};

/** The same for an exchange: what is alike for all, as it nearly always is, is not sent for each. */
const shortArraysOf = (given: readonly Given[], own: string): SqlValue[] => {
  const all = given.map(({ verdict }) => verdict);
  const token = all[0]?.token;
  return [
    all.every(({ labourer }) => labourer === own) ? null : arrayText(all.map(({ labourer }) => labourer)),
    arrayText(all.map(({ id }) => id)),
    arrayText(all.every((each) => each.token === token) ? all.slice(0, 1).map((each) => each.token) : all.map((each) => each.token)),
    all.every(({ kind }) => kind === 'completed') ? null : arrayText(all.map(({ kind }) => kind)),
    ...restOf(given),
  ];
};

const restOf = (given: readonly Given[]): SqlValue[] => {
  const part = (read: (verdict: Verdict) => string | number | undefined): string | null =>
    sparseArrayText(given.map(({ verdict }) => read(verdict)));
  return [
    part((each) => ('after' in each && each.after !== undefined ? Math.ceil(each.after) : undefined)),
    part((each) => ('error' in each ? each.error : undefined)),
    part((each) => ('result' in each ? each.result : undefined)),
    part((each) => ('stats' in each ? each.stats : undefined)),
    sparseArrayText(given.map(({ place }) => place)),
  ];
};

class Outcomes {
  readonly all: Outcome[];
  readonly #hints: Hints;

  constructor(count: number, hints: Hints) {
    this.all = new Array<Outcome>(count).fill('stale');
    this.#hints = hints;
  }

  add(given: readonly Given[], letters: string | null | undefined): void {
    given.forEach(({ verdict, n }, position) => {
      this.all[n] = LETTERS[letters?.[position] ?? ''] ?? 'stale';
      if (this.all[n] === 'applied' || this.all[n] === 'cancelled') this.#hints.ended(verdict);
    });
  }
}

/** @param expired only attempts whose deadline has passed (R2) */
export const settle = async (
  session: Session,
  schema: SchemaName,
  verdicts: readonly Verdict[],
  hints: Hints,
  expired: boolean,
): Promise<readonly Outcome[]> => {
  const outcomes = new Outcomes(verdicts.length, hints);
  for (const round of roundsOf(verdicts, hints)) {
    const [row] = await session.query<{ readonly outcomes: string }>(settleQuery(schema), [expired, ...arraysOf(round)], 'often');
    outcomes.add(round, row?.outcomes);
  }
  return outcomes.all;
};

export const exchange = async (
  session: Session,
  schema: SchemaName,
  verdicts: readonly Verdict[],
  request: ClaimRequest,
  { hints, keeps }: { readonly hints: Hints; readonly keeps: boolean },
): Promise<ExchangeAnswer> => {
  const outcomes = new Outcomes(verdicts.length, hints);
  const rounds = roundsOf(verdicts, hints);
  const last = rounds.pop() ?? [];
  for (const round of rounds) {
    const [row] = await session.query<{ readonly outcomes: string }>(settleQuery(schema), [false, ...arraysOf(round)], 'often');
    outcomes.add(round, row?.outcomes);
  }
  const from = hints.endOf(request.labourer);
  const values = [...claimValues(request, from), keeps, ...shortArraysOf(last, request.labourer)];
  const turns = turnValues(request);
  const rows = turns
    ? await session.query<ExchangeRow>(exchangeTurnsQuery(schema), [...values, ...turns], 'often')
    : await session.query<ExchangeRow>(exchangeQuery(schema), values, 'often');
  const head = rows.at(-1);
  outcomes.add(last, head?.outcomes);
  const answer = readClaim(rows, request, hints, from);
  if (!head || head.passed_ids === null || head.passed_ids === '') return { outcomes: outcomes.all, ...answer };
  const passed = await readPassed(session, schema, head, request);
  for (const { lease, nth } of passed) hints.placed(lease, last[nth]?.place ?? 0);
  const leases = passed.map(({ lease }) => lease);
  return { outcomes: outcomes.all, ...answer, leases: answer.leases.length === 0 ? leases : [...leases, ...answer.leases] };
};
