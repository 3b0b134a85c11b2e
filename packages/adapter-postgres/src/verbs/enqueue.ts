import { MOST_URGENT, type NewTask, ReeveError } from '@reeve/core';
import { arrayText, sparseArrayText } from '../connection/array-text.ts';
import type { Session, SqlValue } from '../connection/database.ts';
import type { SchemaName } from '../schema/names.ts';

/** 16 MiB: Postgres takes more, but a call is one message, and the server holds it in memory several times. */
export const MAX_PAYLOAD_BYTES: number = 16 * 1024 * 1024;

/** The most tasks, and UTF-16 units of payload, of one statement. */
const PAGE = 1_000;
export const PAGE_LENGTH: number = 8 * 1024 * 1024;

/** Whether a task has what plain ones have not, and goes another way: a priority, an expiry, a follow. */
const isParticular = ({ priority = 0, expiresAt, follow }: NewTask): boolean =>
  priority !== 0 || expiresAt !== undefined || follow !== undefined;

const hasKey = ({ key }: NewTask): boolean => key !== undefined;

/** Where all are plain, nothing of the others is sent, and the function is the one that has never heard of them. So it is where they are plain but for keys. */
export const enqueueQuery = ({ quoted }: SchemaName, tasks: readonly NewTask[]): string => {
  const keys = tasks.some(hasKey) ? ', $5::text[]' : '';
  const more = tasks.some(isParticular) ? ', $5::smallint[], $6::bigint[], $7::text[], $8::text[]' : keys;
  return `SELECT id FROM ${quoted}.enqueue_many($1::text[], $2::text[], $3::text[], $4::bigint[]${more}) AS created (id)`;
};

export const enqueueValues = (tasks: readonly NewTask[]): string[] => {
  const values = [
    arrayText(tasks.map(({ labourer }) => labourer)),
    arrayText(tasks.map(({ id }) => id)),
    arrayText(tasks.map(({ payload }) => payload)),
    sparseArrayText(tasks.map(({ due }) => (due === undefined ? undefined : Math.ceil(due)))) ?? '{}',
  ];
  const keys = sparseArrayText(tasks.map(({ key }) => key));
  if (!tasks.some(isParticular)) return keys === null ? values : [...values, keys];
  return [
    ...values,
    sparseArrayText(tasks.map(({ priority }) => priority)) ?? '{}',
    sparseArrayText(tasks.map(({ expiresAt }) => (expiresAt === undefined ? undefined : Math.ceil(expiresAt)))) ?? '{}',
    sparseArrayText(tasks.map(({ follow }) => follow)) ?? '{}',
    keys ?? '{}',
  ];
};

/** @throws ReeveError PAYLOAD_TOO_LARGE, STORE_REFUSED: nothing was written */
export const checkTasks = (tasks: readonly NewTask[]): void => {
  tasks.forEach((task, index) => {
    checkTexts(task, `tasks[${index}]`);
    if (isParticular(task) || hasKey(task)) checkParticulars(task, `tasks[${index}]`);
  });
};

/** @throws ReeveError PAYLOAD_TOO_LARGE, STORE_REFUSED */
export const checkTexts = ({ id, labourer, payload }: Pick<NewTask, 'id' | 'labourer' | 'payload'>, place: string): void => {
  for (const text of [id, labourer, payload]) if (typeof text !== 'string' || text.includes('\0')) throw refused(place, text);
  checkSize('payload', payload, place);
};

const checkSize = (field: string, text: string, place: string): void => {
  // A character has at most 3 bytes per UTF-16 unit: short texts need no counting.
  if (text.length * 3 <= MAX_PAYLOAD_BYTES) return;
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_PAYLOAD_BYTES) return;
  throw new ReeveError({
    kind: 'input',
    code: 'PAYLOAD_TOO_LARGE',
    message: `${place}.${field}: it has ${bytes} bytes, the Postgres store takes ${MAX_PAYLOAD_BYTES}; store the content elsewhere and send a reference`,
  });
};

const checkParticulars = ({ priority = 0, expiresAt, key, follow }: NewTask, place: string): void => {
  const fault = (problem: string): ReeveError => new ReeveError({ kind: 'input', code: 'STORE_REFUSED', message: `${place}.${problem}` });
  if (!Number.isInteger(priority) || priority < 0 || priority > MOST_URGENT)
    throw fault(`priority: ${String(priority)} is none; give a whole number from 0 to ${MOST_URGENT}, or leave it out`);
  if (expiresAt !== undefined && !Number.isSafeInteger(Math.ceil(expiresAt)))
    throw fault(`expiresAt: ${String(expiresAt)} is no instant; give milliseconds since 1970, or leave it out`);
  if (key !== undefined && (typeof key !== 'string' || key === '' || key.includes('\0')))
    throw fault(`key: ${JSON.stringify(key)} is none; give a text of 1 to 128 characters without U+0000, or leave it out`);
  if (follow === undefined) return;
  if (typeof follow !== 'string' || follow.includes('\0')) throw refused(`${place}.follow`, follow);
  checkSize('follow', follow, place);
};

const refused = (place: string, text: unknown): ReeveError =>
  new ReeveError({
    kind: 'input',
    code: 'STORE_REFUSED',
    message: `${place}: ${typeof text === 'string' ? 'a text holds the character U+0000, which Postgres cannot keep' : `a text is missing, there is ${typeof text}`}`,
  });

/** Each a part that one statement takes. */
export const pagesOf = <Item extends object>(items: readonly Item[]): Item[][] => {
  const pages: Item[][] = [];
  let length = 0;
  for (const item of items) {
    const page = pages.at(-1);
    length += lengthOf(item);
    if (page && page.length < PAGE && length <= PAGE_LENGTH) page.push(item);
    else {
      pages.push([item]);
      length = lengthOf(item);
    }
  }
  return pages;
};

interface LongTexts {
  readonly payload?: string;
  readonly follow?: string;
  readonly error?: string;
}

/** Of its long texts, in UTF-16 units. */
export const lengthOf = ({ payload = '', follow = '', error = '' }: LongTexts): number => payload.length + follow.length + error.length;

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
  const rows = await session.query<{ readonly id: string }>(enqueueQuery(schema, tasks), values, 'often');
  return answersOf(
    tasks,
    rows.map(({ id }) => id),
  );
};
