import { boundText, type ExpiryVerdict, type Outcome, type Verdict } from '@reeve/core';
import type { Change, Expression } from '../client/expression.ts';
import { inLanes } from '../client/lanes.ts';
import type { Row } from '../client/requests.ts';
import { secondsOf } from '../codec/greenfield.ts';
import type { Place } from '../ledger/place.ts';
import { placeName } from '../ledger/place.ts';
import { OURS } from '../rows/attributes.ts';
import { claimsOf } from '../rows/read-row.ts';
import { isItemTooLarge } from '../tables/dynamodb-fault.ts';
import { checkResults, tooLarge } from './check-results.ts';
import { close, keptUntil } from './close.ts';
import type { Parts } from './parts.ts';

/** What became of a verdict, and the place that is free now. */
interface Decided {
  readonly outcome: Outcome;
  readonly place?: Place;
}

/**
 * 1. The row: the verdict is decided here, by a write that holds only for the current token.  2. Of an ended task, the closed row.
 * 3. The place is given back.
 *
 * A crash after 1 or 2 leaves a place whose row has ended: `maintain` finds it there, writes the closed row again (it is the same
 * each time) and gives the place back. So does whoever repeats the verdict.
 */
export const settle = (parts: Parts, verdicts: readonly Verdict[]): Promise<readonly Outcome[]> => decideAll(parts, verdicts, () => []);

/** As `settle`, while the lease is expired. */
export const reap = (parts: Parts, verdicts: readonly ExpiryVerdict[]): Promise<readonly Outcome[]> => {
  const latest = parts.clock.now() - parts.guard;
  return decideAll(parts, verdicts, (e) => [`${e.name(OURS.until)} <= ${e.value({ N: String(latest) })}`]);
};

type Also = (expression: Expression) => readonly string[];

const decideAll = async (parts: Parts, verdicts: readonly Verdict[], also: Also): Promise<readonly Outcome[]> => {
  await checkResults(parts, verdicts);
  // Two verdicts on one attempt in a call: the first wins, so the second has to come after it.
  const decided: Decided[] = [];
  const failures: unknown[] = [];
  for (const round of roundsOf(verdicts)) {
    await inLanes(round, async (at) => {
      try {
        decided[at] = await decideWhole(parts, verdicts[at] as Verdict, also);
      } catch (error) {
        failures.push(error);
      }
    });
  }
  // Also when one of them failed: the places of the others are free.
  await leaveAll(parts, verdicts, decided);
  if (failures.length > 0) throw failures[0];
  return decided.map(({ outcome }) => outcome);
};

/** Places in the list of verdicts; no task twice in one round. */
export const roundsOf = (verdicts: readonly Verdict[]): readonly (readonly number[])[] => {
  const rounds: number[][] = [];
  const seen = new Map<string, number>();
  verdicts.forEach(({ id }, at) => {
    const round = seen.get(id) ?? 0;
    seen.set(id, round + 1);
    rounds[round] = [...(rounds[round] ?? []), at];
  });
  return rounds;
};

/** Bytes of an error's text that any row that was claimed has room for: `SPARE` of candidates.ts. */
export const SHORT = 256;

/** A row may be so full that the text of an error does not fit. It must not keep the task from its end: then the text is cut. */
const decideWhole = async (parts: Parts, verdict: Verdict, also: Also): Promise<Decided> => {
  try {
    return await decide(parts, verdict, also);
  } catch (error) {
    if (!isItemTooLarge(error)) throw error;
    if (verdict.kind !== 'retry' && verdict.kind !== 'dead') throw tooLarge(verdict, error);
    return decide(parts, { ...verdict, error: boundText(verdict.error, SHORT) }, also);
  }
};

const decide = async (parts: Parts, verdict: Verdict, also: Also): Promise<Decided> => {
  const { requests, layout } = parts;
  const { fields, tables } = layout;
  if (verdict.id === '') return { outcome: 'stale' }; // no key of DynamoDB's
  const call = parts.call();
  const written = await requests.update(tables.tasks, layout.taskKey(verdict.id), changeOf(parts, verdict, call), (e) =>
    [
      `${e.name(OURS.token)} = ${e.value({ S: verdict.token })}`,
      `${e.name(fields.labourer_id)} = ${e.value({ S: verdict.labourer })}`,
      `attribute_exists(${e.name(OURS.until)})`,
      `attribute_not_exists(${e.name(fields.completed_at)})`,
      ...also(e),
    ].join(' AND '),
  );
  const { row } = written;
  const mine = row?.[OURS.token]?.S === verdict.token && layout.labourerOf(row) === verdict.labourer;
  if (row === undefined || !mine || row[OURS.until] !== undefined) return { outcome: 'stale' };
  if (row[OURS.verdict]?.S !== verdict.kind) return { outcome: 'stale' };
  if (verdict.kind === 'completed' || verdict.kind === 'dead') await close(parts, row);
  // Lost to ourselves: the first answer did not arrive, and the client asked again.
  const applied = written.kind === 'done' || row[OURS.call]?.S === call;
  // Also of a repetition: whoever was first may have died before it gave the place back.
  return { outcome: applied ? 'applied' : 'repeated', place: placeOf(row, layout.idOf(row)) };
};

export const placeOf = (row: Row, id: string): Place => ({ group: Number(row[OURS.group]?.N ?? 0), name: placeName(id, claimsOf(row)) });

const changeOf = (parts: Parts, verdict: Verdict, call: string): Change => {
  const { fields } = parts.layout;
  const now = parts.clock.now();
  const set = { [OURS.verdict]: { S: verdict.kind }, [OURS.call]: { S: call } };
  switch (verdict.kind) {
    case 'completed':
      return {
        set: {
          ...set,
          [fields.completed_at]: { N: secondsOf(now) },
          ...keptUntil(parts, now),
          ...(verdict.result !== undefined && { [OURS.result]: { S: verdict.result } }),
          ...(verdict.stats !== undefined && { [OURS.stats]: { S: verdict.stats } }),
        },
        copy: { [OURS.left]: fields.greenfield },
        remove: [fields.greenfield, OURS.until],
      };
    case 'dead':
      return {
        set: { ...set, [fields.closed_at]: { N: secondsOf(now) }, ...keptUntil(parts, now), [OURS.error]: { S: verdict.error } },
        copy: { [OURS.left]: fields.greenfield },
        remove: [fields.greenfield, OURS.until],
      };
    case 'retry':
      return {
        set: { ...set, [OURS.error]: { S: verdict.error } },
        sum: { [fields.greenfield]: [secondsOf(now + verdict.after), OURS.turn] },
        remove: [OURS.until],
      };
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

const leaveAll = async (parts: Parts, verdicts: readonly Verdict[], decided: readonly Decided[]): Promise<void> => {
  const labourers = new Set(verdicts.filter((_, at) => decided[at]?.place).map(({ labourer }) => labourer));
  await Promise.all(
    [...labourers].map((labourer) => {
      const own = decided.filter((_, at) => verdicts[at]?.labourer === labourer);
      const queuedAgain = verdicts.some(
        ({ kind, ...each }, at) => each.labourer === labourer && decided[at]?.place && (kind === 'retry' || kind === 'released'),
      );
      const places = own.map(({ place }) => place).filter((place) => place !== undefined);
      const leave = (also?: Row): Promise<void> => parts.ledger.leave(labourer, places, also);
      return queuedAgain ? parts.hints.saying(labourer, leave) : leave();
    }),
  );
};
