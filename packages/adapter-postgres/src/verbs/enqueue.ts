import { type NewTask, ReeveError } from '@reeve/core';
import { arrayText, sparseArrayText } from '../connection/array-text.ts';
import type { Session, SqlValue } from '../connection/database.ts';
import type { SchemaName } from '../schema/names.ts';

/** 16 MiB: Postgres takes more, but a call is one message, and the server holds it in memory several times. */
export const MAX_PAYLOAD_BYTES: number = 16 * 1024 * 1024;

/** The most tasks, and UTF-16 units of payload, of one statement. */
const PAGE = 1_000;
export const PAGE_LENGTH: number = 8 * 1024 * 1024;

export const enqueueQuery = ({ quoted }: SchemaName): string =>
  `SELECT id FROM ${quoted}.enqueue_many($1::text[], $2::text[], $3::text[], $4::bigint[]) AS created (id)`;

export const enqueueValues = (tasks: readonly NewTask[]): string[] => [
  arrayText(tasks.map(({ labourer }) => labourer)),
  arrayText(tasks.map(({ id }) => id)),
  arrayText(tasks.map(({ payload }) => payload)),
  sparseArrayText(tasks.map(({ due }) => (due === undefined ? undefined : Math.ceil(due)))) ?? '{}',
];

/** @throws ReeveError PAYLOAD_TOO_LARGE, STORE_REFUSED: nothing was written */
export const checkTasks = (tasks: readonly NewTask[]): void => {
  tasks.forEach(({ id, labourer, payload }, index) => {
    for (const text of [id, labourer, payload]) if (typeof text !== 'string' || text.includes('\0')) throw refused(index, text);
    // A character has at most 3 bytes per UTF-16 unit: short texts need no counting.
    if (payload.length * 3 <= MAX_PAYLOAD_BYTES) return;
    const bytes = Buffer.byteLength(payload);
    if (bytes <= MAX_PAYLOAD_BYTES) return;
    throw new ReeveError({
      kind: 'input',
      code: 'PAYLOAD_TOO_LARGE',
      message: `tasks[${index}].payload: it has ${bytes} bytes, the Postgres store takes ${MAX_PAYLOAD_BYTES}; store the content elsewhere and send a reference`,
    });
  });
};

const refused = (index: number, text: unknown): ReeveError =>
  new ReeveError({
    kind: 'input',
    code: 'STORE_REFUSED',
    message: `tasks[${index}]: ${typeof text === 'string' ? 'a text holds the character U+0000, which Postgres cannot keep' : `a text is missing, there is ${typeof text}`}`,
  });

/** Each a part that one statement takes. */
export const pagesOf = (tasks: readonly NewTask[]): NewTask[][] => {
  const pages: NewTask[][] = [];
  let length = 0;
  for (const task of tasks) {
    const page = pages.at(-1);
    length += task.payload.length;
    if (page && page.length < PAGE && length <= PAGE_LENGTH) page.push(task);
    else {
      pages.push([task]);
      length = task.payload.length;
    }
  }
  return pages;
};

/** `created` for the first of each id that was not known. */
export const answersOf = (tasks: readonly NewTask[], createdIds: Iterable<string>): ('created' | 'duplicate')[] => {
  const created = new Set(createdIds);
  return tasks.map(({ id }) => (created.delete(id) ? 'created' : 'duplicate'));
};

export const enqueuePage = async (
  session: Session,
  schema: SchemaName,
  tasks: readonly NewTask[],
): Promise<('created' | 'duplicate')[]> => {
  const values: SqlValue[] = enqueueValues(tasks);
  const rows = await session.query<{ readonly id: string }>(enqueueQuery(schema), values, 'often');
  return answersOf(
    tasks,
    rows.map(({ id }) => id),
  );
};
