import type { EpochMs, Redrive, RedriveOutcome } from '@reeve/core';
import { eachInTurn } from '../client/in-turn.ts';
import type { Row } from '../client/requests.ts';
import { digitsOf, freshAt, type Grains, instant, secondsOf, turnOf } from '../codec/greenfield.ts';
import { readPayload } from '../codec/read-payload.ts';
import { TTL_FIELD } from '../config/greenfield-tables.ts';
import { OURS } from '../rows/attributes.ts';
import { numbered } from '../rows/errors.ts';
import type { Layout } from '../rows/layout.ts';
import { endOf, priorityOf } from '../rows/read-row.ts';
import type { Parts } from '../verbs/parts.ts';
import { decideOn } from './operator.ts';
import type { Standing } from './where-is.ts';

type Over = Extract<Standing, { readonly kind: 'over' }>;

/** As of a task that was just enqueued. */
interface Fresh {
  readonly due: EpochMs;
  readonly turn: Grains;
  readonly now: EpochMs;
}

/**
 * 1. The row of the task: exactly one caller's write holds, since each changes the name of the call that wrote it last.  2. Its closed row goes.
 *
 * A crash in between leaves a closed row of a task that is queued: lists look at both (reading/list.ts), and its next end overwrites it.
 */
export const redrive = async (parts: Parts, redrives: readonly Redrive[]): Promise<readonly RedriveOutcome[]> => {
  const now = parts.clock.now();
  // Their order is drawn before anything is sent: the requests may overtake each other.
  const turns = redrives.map(() => turnOf(now, parts.order()));
  const labourers = [...new Set(redrives.map(({ labourer }) => labourer))];
  const touch = (): Promise<unknown> => Promise.all(labourers.map((each) => parts.hints.touch(each)));
  // As with what is enqueued for later: nobody else looks for it.
  if (redrives.some(({ after = 0 }) => after > 0)) await touch();
  const outcomes = await eachInTurn(redrives, ({ after = 0, ...key }, at) =>
    decideOn<RedriveOutcome>(parts, key, async (standing) => {
      if (standing.kind === 'unknown') return 'unknown';
      if (standing.kind === 'queued' || standing.kind === 'running') return 'open';
      if (standing.kind !== 'over') return 'kept';
      if (priorityOf(standing.row) > 0) await parts.marks.make(key.labourer, 'urgent');
      if (standing.row[OURS.key] !== undefined) await parts.marks.make(key.labourer, 'keyed');
      return (await queueAgain(parts, standing, { due: now + after, turn: turns[at] ?? 0n, now })) ? 'queued' : undefined;
    }),
  );
  if (outcomes.includes('queued')) await touch();
  return outcomes;
};

const queueAgain = async (parts: Parts, { row, isClosedOnly }: Over, fresh: Fresh): Promise<boolean> => {
  const { requests, layout } = parts;
  const { fields, tables } = layout;
  const id = layout.idOf(row);
  const call = parts.call();
  const isQueued = isClosedOnly ? await putAgain(parts, row, fresh, call) : await update(parts, row, fresh, call);
  if (!isQueued) return false;
  const { [fields.closed_at]: closedAt } = row;
  // Only of this end or one before: the task may have ended once more by now.
  const before = closedAt ?? { N: secondsOf(Number(row[OURS.ended]?.N ?? 0)) };
  await requests.delete(tables.closed, layout.taskKey(id), (e) => `${e.name(fields.closed_at)} <= ${e.value(before)}`);
  return true;
};

const update = async ({ requests, layout }: Parts, row: Row, fresh: Fresh, call: string): Promise<boolean> => {
  const { tables } = layout;
  const { [OURS.call]: seen } = row;
  const written = await requests.update(
    tables.tasks,
    layout.taskKey(layout.idOf(row)),
    { set: { ...asFresh(row, fresh, layout), [OURS.call]: { S: call } }, remove: overIn(layout) },
    (e) =>
      [
        seen ? `${e.name(OURS.call)} = ${e.value(seen)}` : `attribute_not_exists(${e.name(OURS.call)})`,
        `attribute_exists(${e.name(OURS.verdict)})`,
        `attribute_not_exists(${e.name(OURS.until)})`,
      ].join(' AND '),
  );
  // Lost to ourselves: the first answer did not arrive, and the client asked again.
  return written.kind === 'done' || written.row?.[OURS.call]?.S === call;
};

/** Its row in the table of tasks was forgotten, or a sosw has closed it: what is in the closed row makes a new one. */
const putAgain = async (parts: Parts, row: Row, fresh: Fresh, call: string): Promise<boolean> => {
  const { requests, layout } = parts;
  const { fields, tables } = layout;
  const over = overIn(layout);
  const kept = Object.fromEntries(Object.entries(row).filter(([name]) => !over.includes(name)));
  const reading = readPayload(row[fields.payload]?.S ?? '');
  const payload = reading.kind === 'problem' ? {} : { [fields.payload]: { S: reading.text } }; // a sosw closed it with Python's repr
  const task = { ...kept, ...payload, ...asFresh(row, fresh, layout), [OURS.call]: { S: call } };
  const written = await requests.put(tables.tasks, task, (e) => `attribute_not_exists(${e.name(fields.labourer_id)})`);
  return written.kind === 'done' || written.row?.[OURS.call]?.S === call;
};

const asFresh = (row: Row, { due, turn, now }: Fresh, layout: Layout): Row => {
  const { fields } = layout;
  const errors = numbered(row, Number(row[fields.attempts]?.N ?? 0));
  return {
    [fields.greenfield]: { N: digitsOf(freshAt(instant(due) + turn, priorityOf(row), due > now)) },
    [fields.attempts]: { N: '0' },
    ...(errors && { [OURS.errors]: errors }),
    [OURS.lastEnd]: { N: String(endOf(row, layout)?.endedAt ?? now) },
  };
};

/** What a row says of the attempts and the end that it had. The number of the claim goes on: no two claims share one. */
const overIn = ({ fields }: Layout): readonly string[] => [
  fields.completed_at,
  fields.closed_at,
  fields.labourer_id_task_status,
  TTL_FIELD,
  OURS.token,
  OURS.until,
  OURS.verdict,
  OURS.left,
  OURS.back,
  OURS.turn,
  OURS.expiresAt,
  OURS.cancel,
  OURS.ended,
];
