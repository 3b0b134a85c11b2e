import type { ExpiryVerdict, Outcome, Verdict } from '@reeve/core';
import type { Change, Expression } from '../client/expression.ts';
import type { Row } from '../client/requests.ts';
import { secondsOf } from '../codec/greenfield.ts';
import type { Place } from '../ledger/place.ts';
import { placeName } from '../ledger/place.ts';
import { OURS } from '../rows/attributes.ts';
import { claimsOf } from '../rows/read-row.ts';
import { checkResults } from './check-results.ts';
import { close, keptUntil } from './close.ts';
import { type Decided, decideAll } from './decide-all.ts';
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
    decide: (verdict) => decide(parts, verdict, also),
    leave: (labourer, leaving, row) => parts.ledger.leave(labourer, leaving, row),
    hints: parts.hints,
  });
};

const decide = async (parts: Parts, verdict: Verdict, also: Also): Promise<Decided<Place>> => {
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
  return { outcome: applied ? 'applied' : 'repeated', leaving: placeOf(row, layout.idOf(row)) };
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
