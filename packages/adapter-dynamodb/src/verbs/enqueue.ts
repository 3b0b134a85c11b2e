import { type EpochMs, type NewTask, ReeveError } from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import type { Row } from '../client/requests.ts';
import { digitsOf, freshAt, instant, secondsOf, turnOf } from '../codec/greenfield.ts';
import type { Mark } from '../ledger/marks.ts';
import { OURS } from '../rows/attributes.ts';
import { type Layout, RESERVED } from '../rows/layout.ts';
import type { Parts } from './parts.ts';

/**
 * The longest payload in bytes of UTF-8. DynamoDB takes items of 400 KB; what is left is for the id, the error of the last
 * failure, the ledger's attributes, and attributes of the user's own.
 */
export const MAX_PAYLOAD_BYTES: number = 384 * 1024;

/** All are checked before the first is written. @throws ReeveError PAYLOAD_TOO_LARGE, INVALID_TASK_ID */
export const checkTasks = (tasks: readonly NewTask[]): void => {
  for (const { id, payload, follow = '' } of tasks) {
    checkSize(id, payload, follow);
    if (id.startsWith(RESERVED)) {
      const message = `id: ${JSON.stringify(id)} begins with ${RESERVED}, as the items that keep the cap do; name it otherwise`;
      throw new ReeveError({ kind: 'input', code: 'INVALID_TASK_ID', message });
    }
  }
};

/** @throws ReeveError PAYLOAD_TOO_LARGE */
export const checkSize = (id: string, payload: string, follow: string = ''): void => {
  // A unit of UTF-16 takes at most three bytes: most payloads need no count.
  if ((payload.length + follow.length) * 3 <= MAX_PAYLOAD_BYTES) return;
  const bytes = Buffer.byteLength(payload) + Buffer.byteLength(follow);
  if (bytes <= MAX_PAYLOAD_BYTES) return;
  const what = follow === '' ? 'payload' : 'payload and follow';
  throw payloadFault(`${what} of ${JSON.stringify(id)}: ${bytes} bytes, and this store takes ${MAX_PAYLOAD_BYTES}`);
};

/** Beside what else is in the row: the user's own attributes, what follows from the task. */
export const payloadTooLarge = (id: string, cause: unknown): ReeveError =>
  payloadFault(`payload of ${JSON.stringify(id)}: with what else is in its row it is too much`, cause);

const payloadFault = (what: string, cause?: unknown): ReeveError => {
  const message = `${what} (DynamoDB's items have at most 400 KB); keep the data elsewhere and enqueue where it is`;
  return new ReeveError({ kind: 'input', code: 'PAYLOAD_TOO_LARGE', message, cause });
};

/** One conditional PutItem each: DynamoDB's batch write has no conditions, and its transactions cost twice as much. */
export const enqueue = async (parts: Parts, tasks: readonly NewTask[]): Promise<readonly ('created' | 'duplicate')[]> => {
  checkTasks(tasks);
  const now = parts.clock.now();
  const firstOf = new Map<string, number>();
  for (const [at, { id }] of tasks.entries()) if (!firstOf.has(id)) firstOf.set(id, at);
  const labourers = new Set(tasks.map(({ labourer }) => labourer));
  const touch = () => Promise.all([...labourers].map((each) => parts.hints.touch(each)));
  // Of what is queued for now a look at the index tells as well; nobody looks for what is delayed. So it is said before, too.
  if (tasks.some(({ due = now }) => due > now)) await touch();
  await makeMarks(parts, tasks);
  // The order is drawn before anything is sent: the requests may overtake each other.
  const rows = tasks.map((task) => rowOf(parts, task, now));
  const outcomes = await inLanes(rows, async (row, at) => {
    if (firstOf.get(tasks[at]?.id ?? '') !== at) return 'duplicate' as const;
    return (await put(parts, row)) ? ('created' as const) : ('duplicate' as const);
  });
  // Of duplicates as well: whoever made them may have died before it said so.
  await touch();
  return outcomes;
};

const put = async ({ requests, layout }: Parts, row: Row): Promise<boolean> => {
  // A row without a labourer is no task: sosw's assistant makes one of an id that it does not find.
  const written = await requests.put(layout.tables.tasks, row, (e) => `attribute_not_exists(${e.name(layout.fields.labourer_id)})`);
  // Lost to ourselves: the first answer did not arrive, and the client asked again.
  return written.kind === 'done' || written.row?.[OURS.call]?.S === row[OURS.call]?.S;
};

/** Before the rows: a claim that reads the mark may look in vain, and one that does not would overlook a task. */
const makeMarks = async ({ marks }: Parts, tasks: readonly NewTask[]): Promise<void> => {
  const wanted = tasks.flatMap(({ labourer, priority = 0, follow, key }): readonly (readonly [string, Mark])[] => [
    ...(priority > 0 ? [[labourer, 'urgent'] as const] : []),
    ...(follow === undefined ? [] : [[labourer, 'follow'] as const]),
    ...(key === undefined ? [] : [[labourer, 'keyed'] as const]),
  ]);
  const each = new Map(wanted.map((one) => [one.join(' '), one]));
  await Promise.all([...each.values()].map(([labourer, mark]) => marks.make(labourer, mark)));
};

const rowOf = (parts: Parts, task: NewTask, now: EpochMs): Row => {
  const { id, labourer, payload, due = now, priority = 0, expiresAt, follow, key } = task;
  const { fields }: Layout = parts.layout;
  const place = instant(due) + turnOf(now, parts.order());
  return {
    [fields.task_id]: { S: id },
    [fields.labourer_id]: { S: labourer },
    [fields.created_at]: { N: secondsOf(now) },
    [fields.greenfield]: { N: digitsOf(freshAt(place, priority, due > now)) },
    [fields.attempts]: { N: '0' },
    [fields.payload]: { S: payload },
    [OURS.call]: { S: parts.call() },
    ...wishesOf({ priority, expiresAt, follow, key }),
  };
};

type Wishes = { readonly [K in 'priority' | 'expiresAt' | 'follow' | 'key']: NewTask[K] | undefined };

/** What a task's author may wish for besides; nothing is written of what was not asked for. */
export const wishesOf = ({ priority, expiresAt, follow, key }: Wishes): Row => ({
  ...(priority !== undefined && priority > 0 && { [OURS.priority]: { N: String(priority) } }),
  ...(expiresAt !== undefined && { [OURS.expiresAt]: { N: String(expiresAt) } }),
  ...(follow !== undefined && { [OURS.follow]: { S: follow } }),
  ...(key !== undefined && { [OURS.key]: { S: key } }),
});
