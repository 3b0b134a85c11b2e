import type { EpochMs, ExpiryVerdict, Outcome, Verdict } from '@reeve/core';
import type { Change, Expression } from '../../client/expression.ts';
import type { Condition, Row, Written } from '../../client/requests.ts';
import type { Place } from '../../ledger/place.ts';
import { isItemTooLarge } from '../../tables/dynamodb-fault.ts';
import { type Decided, decideAll } from '../../verbs/decide-all.ts';
import type { Ending } from '../codec/ending.ts';
import { errorChange, looseNames, surplusIn } from '../codec/errors.ts';
import { type Home, homeText } from '../codec/home-key.ts';
import { claimsOf, endAt, endedAtOf, endOf, HOME, lastEndOf, stateOf } from '../codec/home-row.ts';
import { endMembers } from '../codec/lasting.ts';
import type { Visit } from '../enqueue/addresses.ts';
import { point, pointerOf } from '../enqueue/put-home.ts';
import type { Leaving } from '../history/history.ts';
import { homeKey } from '../keys.ts';
import { placeOfClaim } from '../lane/candidate.ts';
import { announce } from '../outbox/outbox.ts';
import type { NativeParts } from '../parts.ts';
import { checkResults } from './check-results.ts';

const STALE: Decided<Leaving> = { outcome: 'stale' };

/**
 * 1. The home: the verdict is decided here, by a write that holds only for the current token, and only if the task is not to be
 * cancelled.  2. Of a task that is queued again, its pointer; of an end that something follows from, an item of the outbox.  3. The place is given back, and that the task has ended is written down in the same write.
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
  const call = parts.call();
  const now = parts.clock.now();
  let written = await write(parts, home, verdict, { call, also, now });
  // The clocks say that it ends before its former end, or with it.
  const former = lastEndOf(written.row ?? {});
  if (written.kind === 'lost' && isEnd(verdict) && former >= now)
    written = await write(parts, home, verdict, { call, also, now: former + 1 });
  const { row } = written;
  if (row?.[HOME.token]?.S !== verdict.token) return { row, value: STALE };
  if (stateOf(row) === 'running' && row[HOME.cancelling]) return cancelAt(parts, home, verdict, { call, also, now: endAt(row, now) });
  // Also of a verdict that comes too late: whoever ended it may have died before it gave the place back.
  if (stateOf(row) === 'cancelled') return { row, value: { outcome: 'stale', leaving: await leave(parts, home, row) } };
  if (stateOf(row) === 'running' || row[HOME.verdict]?.S !== verdict.kind) return { row, value: STALE };
  if (stateOf(row) === 'waiting') await waitAgain(parts, home, row);
  // Lost to ourselves: the first answer did not arrive, and the client asked again.
  const isApplied = written.kind === 'done' || row[HOME.word]?.S === call;
  // Also of a repetition: whoever was first may have died before it gave the place back.
  return { row, value: { outcome: isApplied ? 'applied' : 'repeated', leaving: await leave(parts, home, row) } };
};

interface Saying {
  readonly call: string;
  readonly also: Also;
  readonly now: EpochMs;
}

const isEnd = ({ kind }: Verdict): boolean => kind === 'completed' || kind === 'dead';

const write = async (parts: NativeParts, home: Home, verdict: Verdict, { call, also, now }: Saying): Promise<Written> => {
  const { requests, shelf } = parts;
  const key = homeKey(home);
  const change = changeOf(parts, verdict, { call, now });
  const when: Condition = (e) =>
    [
      ...isOwned(e, verdict),
      `attribute_not_exists(${e.name(HOME.cancelling)})`,
      ...(isEnd(verdict) ? [isLater(e, now)] : []),
      ...also(e),
    ].join(' AND ');
  try {
    return await requests.update(shelf.table, key, change, when);
  } catch (error) {
    const former = isItemTooLarge(error) ? formerErrors((await requests.get(shelf.table, key)) ?? {}) : [];
    if (former.length === 0) throw error;
    // Beside such a payload there is room for one error, the last.
    return requests.update(shelf.table, key, { ...change, remove: [...(change.remove ?? []), ...former] }, when);
  }
};

const formerErrors = (row: Row): readonly string[] => [...looseNames(row), ...(row[HOME.errors] ? [HOME.errors] : [])];

/** V9 It was to be cancelled, at whatever instant that was asked for before: so it ends, and the verdict says no more than that it may. */
const cancelAt = async (
  parts: NativeParts,
  home: Home,
  verdict: Verdict,
  { call, also, now }: Saying,
): Promise<Visit<Decided<Leaving>>> => {
  const { requests, shelf, keeps } = parts;
  const { set, copyOr } = endMembers(now, keeps.of(home.labourer, 'cancelled'));
  const { kind, row } = await requests.update(
    shelf.table,
    homeKey(home),
    { set: { ...set, [HOME.state]: { S: 'cancelled' }, [HOME.word]: { S: call } }, copyOr, remove: [HOME.until, HOME.cancelling] },
    (e) => [...isOwned(e, verdict), ...also(e)].join(' AND '),
  );
  // Lost to ourselves: the first answer did not arrive, and the client asked again.
  const isOurs = row && (kind === 'done' || (stateOf(row) === 'cancelled' && row[HOME.word]?.S === call));
  return { row, value: isOurs ? { outcome: 'cancelled', leaving: await leave(parts, home, row) } : STALE };
};

const isOwned = (e: Expression, { token }: Verdict): readonly string[] => [
  `${e.name(HOME.state)} = ${e.value({ S: 'running' })}`,
  `${e.name(HOME.token)} = ${e.value({ S: token })}`,
];

/** U3 Only a task that was redriven has had an end before: of all others nothing is asked. */
const isLater = (e: Expression, now: EpochMs): string =>
  `(attribute_not_exists(${e.name(HOME.lastEnd)}) OR ${e.name(HOME.lastEnd)} < ${e.value({ N: String(now) })})`;

/** The pointer; and errors beyond those that are kept go, now and then. */
const waitAgain = async (parts: NativeParts, home: Home, row: Row): Promise<void> => {
  const { requests, shelf } = parts;
  await point(parts, pointerOf(row, home));
  const remove = surplusIn(row);
  if (remove.length > 0) await requests.update(shelf.table, homeKey(home), { remove }, (e) => `attribute_exists(${e.name('pk')})`);
};

const placeOf = (row: Row, home: Home): Place => ({ group: Number(row[HOME.group]?.N ?? 0), name: placeOfClaim(home, claimsOf(row)) });

export const endingOf = (row: Row, home: Home): Ending | undefined => {
  const kind = endOf(row);
  return kind && { kind, home: homeText(home), at: endedAtOf(row), ...(row[HOME.turn] && { claim: claimsOf(row) }) };
};

const leave = async (parts: NativeParts, home: Home, row: Row): Promise<Leaving> => {
  await announce(parts, home, row);
  const ending = endingOf(row, home);
  return { place: placeOf(row, home), ...(ending && { ending }) };
};

const changeOf = ({ keeps }: NativeParts, verdict: Verdict, { call, now }: Pick<Saying, 'call' | 'now'>): Change => {
  const said = { [HOME.verdict]: { S: verdict.kind }, [HOME.word]: { S: call } };
  const { set: ended, copyOr } = endMembers(now, keeps.of(verdict.labourer, verdict.kind === 'dead' ? 'dead' : 'completed'));
  const remove = [HOME.until];
  switch (verdict.kind) {
    case 'completed': {
      const result = verdict.result === undefined ? {} : { [HOME.result]: { S: verdict.result } };
      const stats = verdict.stats === undefined ? {} : { [HOME.stats]: { S: verdict.stats } };
      return { set: { ...said, ...ended, [HOME.state]: { S: 'completed' }, ...result, ...stats }, copyOr, remove };
    }
    case 'dead': {
      const { set, copy } = errorChange(verdict.token, verdict.error, now);
      return { set: { ...said, ...ended, [HOME.state]: { S: 'dead' }, ...set }, copy, copyOr, remove };
    }
    case 'retry': {
      const due = { N: String(now + verdict.after) };
      const { set, copy } = errorChange(verdict.token, verdict.error, now);
      return { set: { ...said, [HOME.state]: { S: 'waiting' }, [HOME.due]: due, ...set }, copy, remove };
    }
    case 'released': {
      const due = verdict.after === undefined ? {} : { [HOME.due]: { N: String(now + verdict.after) } };
      return { set: { ...said, [HOME.state]: { S: 'waiting' }, ...due }, add: { [HOME.attempts]: -1 }, remove };
    }
  }
};
