import { SECOND } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import { backAt, digitsOf, instant, queuedAt, SOSW_LEASE, turnOf, turnOfRetry } from '../codec/greenfield.ts';
import { placeName, tagOfKey } from '../ledger/place.ts';
import { OURS } from '../rows/attributes.ts';
import { numbered } from '../rows/errors.ts';
import { claimsOf, foreignDeadline, priorityOf } from '../rows/read-row.ts';
import type { Parts } from '../verbs/parts.ts';

/**
 * Gives a task that a sosw has invoked a place in the ledger and a lease, so that it counts under the cap and expires as it would have. The
 * place first: until the row has its lease, the place is one more that is taken, which is what it is.
 * @returns whether it was adopted by this call
 */
export const adopt = async ({ requests, layout, ledger }: Parts, labourer: string, row: Row): Promise<boolean> => {
  const { fields, tables } = layout;
  const deadline = foreignDeadline(row, layout);
  const greenfield = layout.greenfieldOf(row);
  if (deadline === undefined || greenfield === undefined) return false;
  const id = layout.idOf(row);
  const claim = claimsOf(row) + 1;
  const createdAt = Math.round(Number(row[fields.created_at]?.N ?? 0) * 1_000);
  const due = instant(createdAt) + turnOf(createdAt, 0);
  const claimedAt = deadline - SOSW_LEASE * SECOND;
  const place = { group: 0, name: placeName(id, claim), tag: tagOfKey(row[OURS.key]?.S) };
  if (!(await ledger.enter(labourer, place, deadline, claimedAt))) return false;
  const { [OURS.claims]: claims } = row;
  // The attempt before is known here, and to the verdict it is not.
  const errors = numbered(row, Number(row[fields.attempts]?.N ?? 1) - 1);
  const written = await requests.update(
    tables.tasks,
    layout.taskKey(id),
    {
      set: {
        [OURS.claims]: { N: String(claim) },
        [OURS.token]: { S: `sosw-${greenfield}` },
        [OURS.until]: { N: String(deadline) },
        [OURS.claimedAt]: { N: String(claimedAt) },
        [OURS.group]: { N: '0' },
        [OURS.back]: { N: digitsOf(backAt(due, priorityOf(row))) },
        [OURS.turn]: { N: digitsOf(turnOfRetry(due, priorityOf(row))) },
        ...(errors && { [OURS.errors]: errors }),
      },
    },
    (e) =>
      [
        `${e.name(fields.greenfield)} = ${e.value({ N: greenfield })}`,
        `attribute_not_exists(${e.name(OURS.until)})`,
        `attribute_not_exists(${e.name(fields.completed_at)})`,
        // A house-keeper that found the place and not the lease has used up the number, and gives the place back.
        claims ? `${e.name(OURS.claims)} = ${e.value(claims)}` : `attribute_not_exists(${e.name(OURS.claims)})`,
      ].join(' AND '),
  );
  if (written.kind === 'done') return true;
  // Another was first, or we were, and the client asked again: then the place is that of the lease which runs.
  const isHeld =
    written.row?.[OURS.until] !== undefined && claimsOf(written.row) === claim && Number(written.row[OURS.group]?.N) === place.group;
  if (!isHeld) await ledger.leave(labourer, [place]);
  return false;
};

/** Takes a void lease out of a row (`isStray`), so that the task is what its greenfield says. */
export const unlease = async ({ requests, layout, hints }: Parts, labourer: string, row: Row): Promise<void> => {
  const { fields, tables } = layout;
  const { [fields.greenfield]: seen, [OURS.until]: until } = row;
  if (!seen || !until) return;
  const { kind } = await requests.update(
    tables.tasks,
    layout.taskKey(layout.idOf(row)),
    { remove: [OURS.until] },
    (e) => `${e.name(fields.greenfield)} = ${e.value(seen)} AND ${e.name(OURS.until)} = ${e.value(until)}`,
  );
  if (kind === 'done') await hints.touch(labourer);
};

/**
 * A sosw that never sees its queue empty counts its greenfields up until they pass the present, and then loses sight of them. Puts such a
 * task back into the queue, at the time of its creation.
 */
export const lift = async ({ requests, layout, hints }: Parts, labourer: string, row: Row): Promise<boolean> => {
  const { fields, tables } = layout;
  const greenfield = layout.greenfieldOf(row) ?? '0';
  const createdAt = Math.round(Number(row[fields.created_at]?.N ?? 0) * 1_000);
  const place = queuedAt(instant(createdAt) + turnOf(createdAt, 0));
  const { kind } = await requests.update(
    tables.tasks,
    layout.taskKey(layout.idOf(row)),
    { set: { [fields.greenfield]: { N: digitsOf(place) } } },
    (e) => `${e.name(fields.greenfield)} = ${e.value({ N: greenfield })} AND attribute_not_exists(${e.name(OURS.until)})`,
  );
  if (kind === 'done') await hints.touch(labourer);
  return kind === 'done';
};

/** Made by sosw, never started, and ahead of the present: neither running nor waiting for a retry of ours. */
export const hasRunAhead = (row: Row, { layout }: Parts): boolean => {
  const greenfield = layout.greenfieldOf(row);
  const untouched = row[OURS.call] === undefined && row[OURS.claims] === undefined && Number(row[layout.fields.attempts]?.N ?? 0) === 0;
  return untouched && greenfield !== undefined && foreignDeadline(row, layout) === undefined;
};
