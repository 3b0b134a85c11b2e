import { type EpochMs, type NewTask, ReeveError } from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import type { Row } from '../client/requests.ts';
import { delayedAt, digitsOf, instant, queuedAt, secondsOf, turnOf } from '../codec/greenfield.ts';
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
  for (const { id, payload } of tasks) {
    // A unit of UTF-16 takes at most three bytes: most payloads need no count.
    const bytes = payload.length * 3 <= MAX_PAYLOAD_BYTES ? 0 : Buffer.byteLength(payload);
    if (bytes > MAX_PAYLOAD_BYTES) {
      const message = `payload of ${JSON.stringify(id)}: ${bytes} bytes, and this store takes ${MAX_PAYLOAD_BYTES} (DynamoDB's items have at most 400 KB); keep the data elsewhere and enqueue where it is`;
      throw new ReeveError({ kind: 'input', code: 'PAYLOAD_TOO_LARGE', message });
    }
    if (id.startsWith(RESERVED)) {
      const message = `id: ${JSON.stringify(id)} begins with ${RESERVED}, as the items that keep the cap do; name it otherwise`;
      throw new ReeveError({ kind: 'input', code: 'INVALID_TASK_ID', message });
    }
  }
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

const rowOf = (parts: Parts, task: NewTask, now: EpochMs): Row => {
  const { id, labourer, payload, due = now } = task;
  const { fields }: Layout = parts.layout;
  const place = instant(due) + turnOf(now, parts.order());
  return {
    [fields.task_id]: { S: id },
    [fields.labourer_id]: { S: labourer },
    [fields.created_at]: { N: secondsOf(now) },
    [fields.greenfield]: { N: digitsOf(due > now ? delayedAt(place) : queuedAt(place)) },
    [fields.attempts]: { N: '0' },
    [fields.payload]: { S: payload },
    [OURS.call]: { S: parts.call() },
  };
};
