import type { EpochMs, Renewal, RenewOutcome } from '@reeve/core';
import type { Change } from '../client/expression.ts';
import { eachInTurn } from '../client/in-turn.ts';
import type { Row } from '../client/requests.ts';
import { runningAt } from '../codec/greenfield.ts';
import { OURS } from '../rows/attributes.ts';
import { untilOf } from '../rows/read-row.ts';
import type { Parts } from './parts.ts';
import { placeOf } from './settle.ts';

const STALE: RenewOutcome = { kind: 'stale' };

/**
 * The place first: whether the lease may live on is decided there, against whoever would count the place as free. Then the row.
 * A crash in between leaves a place that ends later than its lease: it is given back when the lease is reaped. Where two renewals
 * of one lease overlap, the later deadline stands, in the place as in the row.
 *
 * At no instant may a lease run for longer than its place, so nearer goes both at once, in a transaction. No heartbeat needs it.
 */
export const renew = (parts: Parts, renewals: readonly Renewal[]): Promise<readonly RenewOutcome[]> =>
  eachInTurn(renewals, (each) => renewOne(parts, each));

/** What a renewal is about, as the row says it. */
interface Held {
  readonly row: Row;
  readonly until: EpochMs;
  readonly claimedAt: EpochMs;
}

const renewOne = async (parts: Parts, renewal: Renewal): Promise<RenewOutcome> => {
  const { requests, layout, clock } = parts;
  if (renewal.id === '') return STALE; // no key of DynamoDB's
  const row = await requests.get(layout.tables.tasks, layout.taskKey(renewal.id));
  const held = heldBy(parts, renewal, row);
  // Told after the read: a renewal that was held up does not take a later one's for one to be brought nearer.
  const now = clock.now();
  if (!held || held.until <= now) return STALE;
  // Asked for after this read, it is told at the next renewal, as if it had been asked for after this one.
  if (held.row[OURS.cancel] !== undefined) return { kind: 'cancelled' };
  const deadline = now + renewal.lease;
  return deadline < held.until ? bringNearer(parts, renewal, held, deadline) : putOff(parts, renewal, held, { now, deadline });
};

const putOff = async (
  parts: Parts,
  renewal: Renewal,
  { row, claimedAt }: Held,
  { now, deadline }: Record<'now' | 'deadline', EpochMs>,
): Promise<RenewOutcome> => {
  const { requests, layout, ledger } = parts;
  if (!(await ledger.extend(renewal.labourer, placeOf(row, renewal.id), deadline, now, claimedAt))) return STALE;
  const written = await requests.update(layout.tables.tasks, layout.taskKey(renewal.id), rowUntil(parts, deadline), (e) =>
    [
      `${e.name(OURS.token)} = ${e.value({ S: renewal.token })}`,
      `${e.name(OURS.until)} <= ${e.value({ N: String(deadline) })}`,
      `attribute_not_exists(${e.name(layout.fields.completed_at)})`,
    ].join(' AND '),
  );
  return written.kind === 'done' ? { kind: 'renewed', deadline } : asItIs(parts, renewal, written.row);
};

const bringNearer = async (parts: Parts, renewal: Renewal, { row, until, claimedAt }: Held, deadline: EpochMs): Promise<RenewOutcome> => {
  const { requests, layout, ledger } = parts;
  const { fields, tables } = layout;
  const key = layout.taskKey(renewal.id);
  const isDone = await requests.updateTogether(tables.tasks, [
    {
      key,
      change: rowUntil(parts, deadline),
      when: (e) =>
        [
          `${e.name(OURS.token)} = ${e.value({ S: renewal.token })}`,
          `${e.name(OURS.until)} = ${e.value({ N: String(until) })}`,
          `attribute_not_exists(${e.name(fields.completed_at)})`,
        ].join(' AND '),
    },
    ledger.shortening(renewal.labourer, placeOf(row, renewal.id), { from: until, to: deadline, claimedAt }),
  ]);
  return isDone ? { kind: 'renewed', deadline } : asItIs(parts, renewal, await requests.get(tables.tasks, key));
};

const rowUntil = ({ layout }: Parts, deadline: EpochMs): Change => ({
  set: { [OURS.until]: { N: String(deadline) }, [layout.fields.greenfield]: { N: runningAt(deadline, layout.tables.invocationDelta) } },
});

/** Another renewal of the same lease was quicker: its deadline stands, and is answered. */
const asItIs = (parts: Parts, renewal: Renewal, row: Row | undefined): RenewOutcome => {
  const held = heldBy(parts, renewal, row);
  return held ? { kind: 'renewed', deadline: held.until } : STALE;
};

const heldBy = ({ layout, clock }: Parts, { labourer, token }: Renewal, row: Row | undefined): Held | undefined => {
  const until = row && untilOf(row);
  const holds = row?.[OURS.token]?.S === token && layout.labourerOf(row) === labourer && row[layout.fields.completed_at] === undefined;
  return holds && until !== undefined ? { row, until, claimedAt: Number(row[OURS.claimedAt]?.N ?? clock.now()) } : undefined;
};
