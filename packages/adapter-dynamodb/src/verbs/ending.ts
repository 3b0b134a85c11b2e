import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EpochMs } from '@reeve/core';
import type { Change } from '../client/expression.ts';
import type { Row } from '../client/requests.ts';
import { digitsOf, endedAt, instant, secondsOf, turnOf } from '../codec/greenfield.ts';
import { OURS } from '../rows/attributes.ts';
import { type EndState, endsFrom } from '../rows/read-row.ts';
import { closedRow, keptUntil } from './close.ts';
import type { Parts } from './parts.ts';

export type Ending = Required<Pick<Change, 'set' | 'copy' | 'remove'>>;

/**
 * Takes a row out of queue and index. One that something follows from stays in the index, behind everything else: that is the outbox, so
 * the end and the fact that it is to be followed are one write. Such a row says in a word of ours when it ended: to a sosw, a task with its own
 * words for an end that stands in the index is one to archive, which would take it away.
 */
export const ending = (parts: Parts, state: EndState, call: string, now: EpochMs, isFollowed: boolean): Ending => {
  const { fields } = parts.layout;
  const set = { [OURS.verdict]: { S: state }, [OURS.call]: { S: call } };
  const copy = { [OURS.left]: fields.greenfield };
  if (isFollowed) {
    const place = digitsOf(endedAt(instant(now) + turnOf(now, parts.order())));
    return { set: { ...set, [OURS.ended]: { N: String(now) }, [fields.greenfield]: { N: place } }, copy, remove: [OURS.until] };
  }
  const word = state === 'completed' ? fields.completed_at : fields.closed_at;
  return { set: { ...set, [word]: { N: secondsOf(now) }, ...keptUntil(parts, now) }, copy, remove: [fields.greenfield, OURS.until] };
};

/**
 * Ends a task that is queued, together with its closed row: no place in the ledger stands for it, by which `maintain` could find what a
 * crash left half done.
 *
 * A claim, another end or another payload may come between the reading of the row and this: each changes the greenfield or the name of the
 * call that wrote the row last, and nothing is written. A claim that read the row before this looks for its greenfield in vain.
 * @param call names this ending among all: who finds it in the row knows it for his own
 * @param errors the list of errors as it is to be. Absent: as it is
 * @returns false if the row is not as it was seen, or another is writing it
 */
export const endQueued = async (
  parts: Parts,
  seen: Row,
  state: Exclude<EndState, 'completed'>,
  call: string,
  errors?: AttributeValue,
): Promise<boolean> => {
  const { requests, layout, clock } = parts;
  const { fields, tables } = layout;
  const { [fields.greenfield]: place, [OURS.call]: before } = seen;
  if (!place) return false;
  const { set, copy, remove } = ending(parts, state, call, Math.max(clock.now(), endsFrom(seen)), seen[OURS.follow] !== undefined);
  // An attempt before has no say any more. Of a task that is dropped, its release is known if it is repeated.
  const former = state === 'dropped' ? [OURS.cancel] : [OURS.token, OURS.cancel];
  const change = { set: { ...set, ...(errors && { [OURS.errors]: errors }) }, copy, remove: [...remove, ...former] };
  const kept = Object.fromEntries(Object.entries(seen).filter(([name]) => !change.remove.includes(name)));
  const ended = { ...kept, ...change.set, [OURS.left]: place };
  return requests.writeTogether([
    {
      table: tables.tasks,
      key: layout.taskKey(layout.idOf(seen)),
      change,
      when: (e) =>
        [
          `${e.name(fields.greenfield)} = ${e.value(place)}`,
          before ? `${e.name(OURS.call)} = ${e.value(before)}` : `attribute_not_exists(${e.name(OURS.call)})`,
          `attribute_not_exists(${e.name(OURS.until)})`,
          `attribute_not_exists(${e.name(fields.completed_at)})`,
        ].join(' AND '),
    },
    { table: tables.closed, item: closedRow(parts, ended) },
  ]);
};
