import {
  encodeJson,
  type JsonText,
  type Outcome,
  type Reeve,
  ReeveError,
  type Report,
  type TaskKey,
  type TaskReader,
  type TaskRecord,
} from '@reeve/core';
import type { Logger } from '../logs/logger.ts';
import type { Members } from './kinds.ts';

interface MarkParts {
  readonly reeve: Reeve;
  readonly reader: TaskReader;
  readonly logger: Logger;
}

/** What a store can be asked that has sosw's rows: DynamoDbTaskStore. */
interface KnowsOwners {
  whose(id: string): Promise<string | undefined>;
}

type Running = Extract<TaskRecord, { readonly state: 'running' }>;

/**
 * Takes what one of sosw's workers says: that its task is completed, or failed. It names no attempt, so it counts for the one that runs now; and
 * for none if another runs by then than the worker was sent, as far as the message says.
 *
 * Between finding the attempt and giving the verdict it may be settled, reaped or claimed anew: the verdict goes by the token that was found,
 * so the store refuses it then. Nothing is written for a task that does not run: no ghost row, unlike sosw.
 * @throws ReeveError INVALID_MESSAGE, UNKNOWN_LABOURER, PAYLOAD_TOO_LARGE, PAYLOAD_NOT_JSON: nothing was changed
 */
export const takeMark = async ({ reeve, reader, logger }: MarkParts, mark: Members): Promise<{ readonly outcome: Outcome }> => {
  const { action } = mark;
  if (action !== 'mark_task_as_completed' && action !== 'mark_task_as_failed')
    throw invalid('action', 'is none that is known; give "mark_task_as_completed" or "mark_task_as_failed"');
  const id = idOf(mark['task_id']);
  const report: Report = action === 'mark_task_as_completed' ? { kind: 'done', ...outcomeOf(mark) } : { kind: 'failed', error: FAILED };
  const task = await find(reeve, reader, id);
  const refuse = (outcome: 'repeated' | 'stale', why: string): { readonly outcome: Outcome } => {
    logger.info('mark.refused', { ...(task && { labourer: task.labourer }), id, action, outcome, why });
    return { outcome };
  };
  if (!task) return refuse('stale', 'unknown');
  if (task.state !== 'running') return refuse(task.state === 'completed' && report.kind === 'done' ? 'repeated' : 'stale', task.state);
  if (!isOf(mark, task)) return refuse('stale', 'another attempt runs');
  return { outcome: await reeve.assistant.report({ ...keyOf(task), token: task.token }, report) };
};

/** Lambda's own limit, so that it is the Assistant's that counts. */
const LARGEST_EVENT = 6 * 1024 * 1024;

const FAILED = 'MarkedAsFailed: its worker marked the task as failed';

const keyOf = ({ labourer, id }: TaskKey): TaskKey => ({ labourer, id });

const idOf = (id: unknown): string => {
  if (typeof id === 'string' && id.length > 0 && id.length <= 128) return id;
  throw invalid('task_id', `is ${id === undefined ? 'missing' : `a ${typeof id}`}; give the task's id, a text of 1 to 128 characters`);
};

const find = async (reeve: Reeve, reader: TaskReader, id: string): Promise<TaskRecord | undefined> => {
  if (!knowsOwners(reader)) return findByLabourer(reeve, reader, id);
  const labourer = await reader.whose(id);
  const task = labourer === undefined ? undefined : await reader.find({ labourer, id });
  if (task?.state !== 'running' || task.token !== '') return task;
  // It is in the hands of a sosw, and its row was changing while we took it over. The report must not be lost for that.
  throw new ReeveError({
    kind: 'unavailable',
    code: 'STORE_BUSY',
    message: `Task ${id} of ${task.labourer} is being taken over from sosw; report again`,
  });
};

const knowsOwners = (reader: TaskReader): reader is TaskReader & KnowsOwners => 'whose' in reader && typeof reader.whose === 'function';

/** A store without sosw's rows does not know an owner by id. Ids are unique within a store, so one labourer at most has it. */
const findByLabourer = async ({ labourers }: Reeve, reader: TaskReader, id: string): Promise<TaskRecord | undefined> => {
  for (const { id: labourer } of labourers) {
    const task = await reader.find({ labourer, id });
    if (task) return task;
  }
  return undefined;
};

/** A worker may send back what it was sent beside its payload: `labourer_id`, and `attempts` as counted before this one. */
const isOf = ({ labourer_id: labourer, attempts }: Members, task: Running): boolean => {
  if (labourer !== undefined && labourer !== task.labourer) return false;
  return attempts === undefined || attempts === null || Number(attempts) + 1 === task.attempts;
};

const outcomeOf = ({ result, stats }: Members): { readonly result?: JsonText; readonly stats?: JsonText } => {
  const texts = { result: textOf('result', result), stats: textOf('stats', stats) };
  return { ...(texts.result !== undefined && { result: texts.result }), ...(texts.stats !== undefined && { stats: texts.stats }) };
};

/** A dict, or its JSON as a text, which goes on as it is; whether it is JSON, and how long, the Assistant looks. None, and none to speak of, are none. */
const textOf = (what: string, value: unknown): JsonText | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value.trim() === '{}' ? undefined : (value as JsonText);
  if (typeof value === 'object' && Object.keys(value).length === 0) return undefined;
  return encodeJson(value, { what, maxBytes: LARGEST_EVENT });
};

const invalid = (field: string, problem: string): ReeveError =>
  new ReeveError({ kind: 'input', code: 'INVALID_MESSAGE', message: `${field}: ${problem}` });
