import type { ExpiryVerdict, Outcome, Verdict } from '@reeve/core';
import type { Change, Expression } from '../../client/expression.ts';
import type { Row } from '../../client/requests.ts';
import type { Place } from '../../ledger/place.ts';
import { type Decided, decideAll } from '../../verbs/decide-all.ts';
import type { Ending } from '../codec/ending.ts';
import { type Home, homeText } from '../codec/home-key.ts';
import { claimsOf, HOME, stateOf } from '../codec/home-row.ts';
import type { Visit } from '../enqueue/addresses.ts';
import { seconds } from '../enqueue/guard.ts';
import { point, pointerOf } from '../enqueue/put-home.ts';
import type { Leaving } from '../history/history.ts';
import { homeKey } from '../keys.ts';
import { placeOfClaim } from '../lane/candidate.ts';
import type { NativeParts } from '../parts.ts';
import { checkResults } from './check-results.ts';

const STALE: Decided<Leaving> = { outcome: 'stale' };

/**
 * 1. The home: the verdict is decided here, by a write that holds only for the current token.  2. Of a task that is queued again, its
 * pointer.  3. The place is given back, and that the task has ended is written down in the same write.
 *
 * A crash after 1 or 2 leaves a place whose task does not run: `maintain` finds it there and does the rest. So does whoever
 * repeats the verdict.
 */
export const settle = (parts: NativeParts, verdicts: readonly Verdict[]): Promise<readonly Outcome[]> =>
  decideThem(parts, verdicts, () => []);

/** As `settle`, while the lease is expired. */
export const reap = (parts: NativeParts, verdicts: readonly ExpiryVerdict[]): Promise<readonly Outcome[]> => {
  const latest = parts.clock.now() - parts.guard;
  return decideThem(parts, verdicts, (e) => [`${e.name(HOME.until)} <= ${e.value({ N: String(latest) })}`]);
};

type Also = (expression: Expression) => readonly string[];

const decideThem = async (parts: NativeParts, verdicts: readonly Verdict[], also: Also): Promise<readonly Outcome[]> => {
  await checkResults(parts, verdicts);
  return decideAll<Leaving>(verdicts, {
    decide: (verdict) => decide(parts, verdict, also),
    leave: (labourer, leaving, row) => parts.history.leave(labourer, leaving, row),
    hints: parts.hints,
  });
};

const decide = async (parts: NativeParts, verdict: Verdict, also: Also): Promise<Decided<Leaving>> => {
  if (verdict.id === '') return STALE; // no key of DynamoDB's
  return (await parts.addresses.visit(verdict, (home) => decideAt(parts, home, verdict, also))) ?? STALE;
};

const decideAt = async (parts: NativeParts, home: Home, verdict: Verdict, also: Also): Promise<Visit<Decided<Leaving>>> => {
  const { requests, shelf } = parts;
  const call = parts.call();
  const written = await requests.update(shelf.table, homeKey(home), changeOf(parts, verdict, call), (e) =>
    [`${e.name(HOME.state)} = ${e.value({ S: 'running' })}`, `${e.name(HOME.token)} = ${e.value({ S: verdict.token })}`, ...also(e)].join(
      ' AND ',
    ),
  );
  const { row } = written;
  const isDecided = row?.[HOME.token]?.S === verdict.token && stateOf(row) !== 'running' && row[HOME.verdict]?.S === verdict.kind;
  if (row === undefined || !isDecided) return { row, value: STALE };
  if (stateOf(row) === 'waiting') await point(parts, pointerOf(row, home));
  // Lost to ourselves: the first answer did not arrive, and the client asked again.
  const isApplied = written.kind === 'done' || row[HOME.word]?.S === call;
  // Also of a repetition: whoever was first may have died before it gave the place back.
  return { row, value: { outcome: isApplied ? 'applied' : 'repeated', leaving: leavingOf(row, home) } };
};

const placeOf = (row: Row, home: Home): Place => ({ group: Number(row[HOME.group]?.N ?? 0), name: placeOfClaim(home, claimsOf(row)) });

export const endingOf = (row: Row, home: Home): Ending | undefined => {
  const state = stateOf(row);
  return state === 'completed' || state === 'dead' ? { kind: state, home: homeText(home), at: Number(row[HOME.ended]?.N ?? 0) } : undefined;
};

const leavingOf = (row: Row, home: Home): Leaving => {
  const ending = endingOf(row, home);
  return { place: placeOf(row, home), ...(ending && { ending }) };
};

const changeOf = (parts: NativeParts, verdict: Verdict, call: string): Change => {
  const now = parts.clock.now();
  const said = { [HOME.verdict]: { S: verdict.kind }, [HOME.word]: { S: call } };
  const ended = { [HOME.ended]: { N: String(now) }, [HOME.ttl]: { N: seconds(now + parts.keepEnded) } };
  const remove = [HOME.until];
  switch (verdict.kind) {
    case 'completed': {
      const result = verdict.result === undefined ? {} : { [HOME.result]: { S: verdict.result } };
      const stats = verdict.stats === undefined ? {} : { [HOME.stats]: { S: verdict.stats } };
      return { set: { ...said, ...ended, [HOME.state]: { S: 'completed' }, ...result, ...stats }, remove };
    }
    case 'dead':
      return { set: { ...said, ...ended, [HOME.state]: { S: 'dead' }, [HOME.error]: { S: verdict.error } }, remove };
    case 'retry': {
      const due = { N: String(now + verdict.after) };
      return { set: { ...said, [HOME.state]: { S: 'waiting' }, [HOME.due]: due, [HOME.error]: { S: verdict.error } }, remove };
    }
    case 'released': {
      const due = verdict.after === undefined ? {} : { [HOME.due]: { N: String(now + verdict.after) } };
      return { set: { ...said, [HOME.state]: { S: 'waiting' }, ...due }, add: { [HOME.attempts]: -1 }, remove };
    }
  }
};
