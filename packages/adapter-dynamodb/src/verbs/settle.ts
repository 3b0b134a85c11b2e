import type { EpochMs, ExpiryVerdict, Outcome, Verdict } from '@reeve/core';
import type { Change, Expression } from '../client/expression.ts';
import type { Row, Written } from '../client/requests.ts';
import { secondsOf } from '../codec/greenfield.ts';
import type { Place } from '../ledger/place.ts';
import { placeName, tagOfKey } from '../ledger/place.ts';
import { OURS } from '../rows/attributes.ts';
import { errorItem } from '../rows/errors.ts';
import type { Layout } from '../rows/layout.ts';
import { claimsOf, endedByUs, endsFrom } from '../rows/read-row.ts';
import { checkResults } from './check-results.ts';
import { close } from './close.ts';
import { type Decided, decideAll } from './decide-all.ts';
import { ending } from './ending.ts';
import type { Parts } from './parts.ts';

/**
 * 1. The row: the verdict is decided here, by a write that holds only for the current token.  2. Of an ended task, the closed row.
 * 3. The place is given back.
 *
 * A crash after 1 or 2 leaves a place whose row has ended: `maintain` finds it there, writes the closed row again (it is the same
 * each time) and gives the place back. So does whoever repeats the verdict.
 */
export const settle = (parts: Parts, verdicts: readonly Verdict[]): Promise<readonly Outcome[]> => decideThem(parts, verdicts, () => []);

/** As `settle`, while the lease is expired. */
export const reap = (parts: Parts, verdicts: readonly ExpiryVerdict[]): Promise<readonly Outcome[]> => {
  const latest = parts.clock.now() - parts.guard;
  return decideThem(parts, verdicts, (e) => [`${e.name(OURS.until)} <= ${e.value({ N: String(latest) })}`]);
};

type Also = (expression: Expression) => readonly string[];

const decideThem = async (parts: Parts, verdicts: readonly Verdict[], also: Also): Promise<readonly Outcome[]> => {
  await checkResults(parts, verdicts);
  return decideAll<Place>(verdicts, {
    decide: (verdict, isTight) => decide(parts, verdict, also, isTight),
    leave: (labourer, leaving, row) => parts.ledger.leave(labourer, leaving, row),
    hints: parts.hints,
  });
};

/** What a verdict has to heed that its caller cannot know. */
interface Heed {
  readonly isCancelled: boolean;
  /** Something follows from the end, if this is one. */
  readonly isFollowed: boolean;
  /** Of a task that ended before: its next end comes later, whatever the clock says. */
  readonly endsFrom: EpochMs;
}

const NOTHING: Heed = { isCancelled: false, isFollowed: false, endsFrom: 0 };

/**
 * The row is not read before. That there is nothing to heed is a condition of the write, which costs nothing; where it fails, DynamoDB
 * answers with the row, and the write is made once more as the row wants it, under the condition that it still does. A cancellation
 * that comes in between makes that fail as well, and there is no third thing: neither is ever taken back while an attempt runs.
 */
const decide = async (parts: Parts, verdict: Verdict, also: Also, isTight: boolean): Promise<Decided<Place>> => {
  const { requests, layout } = parts;
  const { fields, tables } = layout;
  if (verdict.id === '') return { outcome: 'stale' }; // no key of DynamoDB's
  const call = parts.call();
  const write = (heed: Heed): Promise<Written> => {
    const now = Math.max(parts.clock.now(), heed.endsFrom);
    return requests.update(tables.tasks, layout.taskKey(verdict.id), changeOf(parts, verdict, { call, heed, isTight, now }), (e) =>
      [
        `${e.name(OURS.token)} = ${e.value({ S: verdict.token })}`,
        `${e.name(fields.labourer_id)} = ${e.value({ S: verdict.labourer })}`,
        `attribute_exists(${e.name(OURS.until)})`,
        `attribute_not_exists(${e.name(fields.completed_at)})`,
        `${heed.isCancelled ? 'attribute_exists' : 'attribute_not_exists'}(${e.name(OURS.cancel)})`,
        ...(heed.isFollowed || !isEnd(verdict) ? [] : [`attribute_not_exists(${e.name(OURS.follow)})`]),
        ...(heed.isCancelled || isEnd(verdict) ? [isLater(e, now)] : []),
        ...also(e),
      ].join(' AND '),
    );
  };
  let heed = NOTHING;
  let written = await write(heed);
  while (written.kind === 'lost' && isMine(written.row, verdict, layout) && written.row[OURS.until] !== undefined) {
    const seen = heedOf(written.row, verdict);
    if (seen.isCancelled === heed.isCancelled && seen.isFollowed === heed.isFollowed && seen.endsFrom === heed.endsFrom) break;
    heed = seen;
    written = await write(heed);
  }
  const { row } = written;
  if (!isMine(row, verdict, layout) || row[OURS.until] !== undefined) return { outcome: 'stale' };
  // Lost to ourselves: the first answer did not arrive, and the client asked again.
  const applied = written.kind === 'done' || row[OURS.call]?.S === call;
  const said = row[OURS.verdict]?.S;
  // Of all that were attempted only a released task is ever dropped.
  const wasReleased = said === 'dropped' && verdict.kind === 'released';
  if (said !== verdict.kind && !wasReleased && !(applied && said === 'cancelled')) return { outcome: 'stale' };
  if (endedByUs(row)) await close(parts, row);
  const leaving = placeOf(row, layout.idOf(row));
  if (said === 'cancelled') return { outcome: 'cancelled', leaving };
  // Also of a repetition: whoever was first may have died before it gave the place back.
  return { outcome: applied ? 'applied' : 'repeated', leaving };
};

/** U3 */
const isLater = (e: Expression, now: EpochMs): string =>
  `(attribute_not_exists(${e.name(OURS.lastEnd)}) OR ${e.name(OURS.lastEnd)} < ${e.value({ N: String(now) })})`;

const isEnd = ({ kind }: Verdict): boolean => kind === 'completed' || kind === 'dead';

const isMine = (row: Row | undefined, verdict: Verdict, layout: Layout): row is Row =>
  row?.[OURS.token]?.S === verdict.token && layout.labourerOf(row) === verdict.labourer;

const heedOf = (row: Row, verdict: Verdict): Heed => {
  const isCancelled = row[OURS.cancel] !== undefined;
  const ends = isCancelled || isEnd(verdict);
  return { isCancelled, isFollowed: ends && row[OURS.follow] !== undefined, endsFrom: ends ? endsFrom(row) : 0 };
};

export const placeOf = (row: Row, id: string): Place => ({
  group: Number(row[OURS.group]?.N ?? 0),
  name: placeName(id, claimsOf(row)),
  tag: tagOfKey(row[OURS.key]?.S),
});

interface Deciding {
  readonly call: string;
  readonly heed: Heed;
  readonly isTight: boolean;
  readonly now: EpochMs;
}

const changeOf = (parts: Parts, verdict: Verdict, { call, heed, isTight, now }: Deciding): Change => {
  const { fields } = parts.layout;
  const set = { [OURS.verdict]: { S: verdict.kind }, [OURS.call]: { S: call } };
  if (heed.isCancelled) {
    const { remove, ...rest } = ending(parts, 'cancelled', call, now, heed.isFollowed);
    return { ...rest, remove: [...remove, OURS.cancel] };
  }
  switch (verdict.kind) {
    case 'completed': {
      const { set: end, ...rest } = ending(parts, 'completed', call, now, heed.isFollowed);
      const { result, stats } = verdict;
      return {
        ...rest,
        set: {
          ...end,
          ...(result !== undefined && { [OURS.result]: { S: result } }),
          ...(stats !== undefined && { [OURS.stats]: { S: stats } }),
        },
      };
    }
    case 'dead':
      return withError(ending(parts, 'dead', call, now, heed.isFollowed), verdict.error, now, isTight);
    case 'retry':
      return withError(
        { set, sum: { [fields.greenfield]: [secondsOf(now + verdict.after), OURS.turn] }, remove: [OURS.until] },
        verdict.error,
        now,
        isTight,
      );
    case 'released':
      return {
        set,
        ...(verdict.after === undefined
          ? { copy: { [fields.greenfield]: OURS.back } }
          : { sum: { [fields.greenfield]: [secondsOf(now + verdict.after), OURS.turn] } }),
        add: { [fields.attempts]: -1 },
        remove: [OURS.until],
      };
  }
};

const withError = (change: Change & { readonly set: Row }, error: string, now: EpochMs, isTight: boolean): Change => {
  const item = errorItem(error, now);
  return isTight ? { ...change, set: { ...change.set, [OURS.errors]: { L: [item] } } } : { ...change, append: { [OURS.errors]: item } };
};
