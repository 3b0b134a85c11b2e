import type { Renewal, RenewOutcome } from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import { runningAt } from '../codec/greenfield.ts';
import { OURS } from '../rows/attributes.ts';
import { untilOf } from '../rows/read-row.ts';
import type { Parts } from './parts.ts';
import { placeOf } from './settle.ts';

const STALE: RenewOutcome = { kind: 'stale' };

/**
 * The place first: whether the lease may live on is decided there, against whoever would count the place as free. Then the row.
 * A crash in between leaves a place that ends later than its lease: it is given back when the lease is reaped.
 */
export const renew = (parts: Parts, renewals: readonly Renewal[]): Promise<readonly RenewOutcome[]> =>
  inLanes(renewals, (each) => renewOne(parts, each));

const renewOne = async (parts: Parts, { labourer, id, token, lease }: Renewal): Promise<RenewOutcome> => {
  const { requests, layout, ledger, clock } = parts;
  const { fields, tables } = layout;
  if (id === '') return STALE; // no key of DynamoDB's
  const now = clock.now();
  const deadline = now + lease;
  const row = await requests.get(tables.tasks, layout.taskKey(id));
  const until = row && untilOf(row);
  const holds = row?.[OURS.token]?.S === token && layout.labourerOf(row) === labourer && row[fields.completed_at] === undefined;
  if (!row || !holds || until === undefined || until <= now) return STALE;
  const claimedAt = Number(row[OURS.claimedAt]?.N ?? now);
  if (!(await ledger.extend(labourer, placeOf(row, id), deadline, now, claimedAt))) return STALE;
  const { kind } = await requests.update(
    tables.tasks,
    layout.taskKey(id),
    { set: { [OURS.until]: { N: String(deadline) }, [fields.greenfield]: { N: runningAt(deadline, tables.invocationDelta) } } },
    (e) =>
      `${e.name(OURS.token)} = ${e.value({ S: token })} AND attribute_exists(${e.name(OURS.until)}) AND attribute_not_exists(${e.name(fields.completed_at)})`,
  );
  return kind === 'done' ? { kind: 'renewed', deadline } : STALE;
};
