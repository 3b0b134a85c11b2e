/** Stored texts (see rows.ts) into what callers are given. */
import {
  type AttemptError,
  type End,
  type EndRef,
  type JsonText,
  type Lease,
  MOST_ERRORS,
  type TaskKey,
  type TaskRecord,
} from '@reeve/core';
import { MARKED } from './lua/marked.ts';

const readBody = (body: string): { readonly result?: JsonText; readonly stats?: JsonText } => {
  if (body === '') return {};
  const [result = '', stats = ''] = body.slice(0, body.indexOf(';')).split(',');
  const start = body.indexOf(';') + 1;
  const middle = start + Number(result);
  return {
    ...(result !== '' && { result: body.slice(start, middle) as JsonText }),
    ...(stats !== '' && { stats: body.slice(middle, middle + Number(stats)) as JsonText }),
  };
};

const number = (text: string, from: number, to: number): number => Number(text.slice(from, to));

/** What the script found for one id, key by key. */
export interface Stored {
  readonly task: string | null;
  readonly back: string | null;
  readonly lease: string | null;
  readonly overdue: string | null;
  readonly ended: string | null;
  readonly errors: string | null;
}

export const isMarkedText = (task: string): boolean => task.startsWith('X');
export const createdOf = (task: string): number => (isMarkedText(task) ? number(task, 1, 15) : number(task, 0, 15) || 0);
/** Where the key of a task ends, or -1 if it has none. */
const keyEnd = (task: string): number => (isMarkedText(task) && task.charAt(MARKED.more) > '1' ? task.indexOf('\n', MARKED.rest) : -1);
/** The payload, and the key if there is one. */
export const restOf = (task: string): { readonly payload: JsonText; readonly key?: string } => {
  const end = keyEnd(task);
  if (end >= 0) return { payload: task.slice(end + 1) as JsonText, key: task.slice(MARKED.rest, end) };
  return { payload: task.slice(isMarkedText(task) ? MARKED.rest : 41) as JsonText };
};
/** Behind the token of a lease there may be a key. */
const tokenOf = (lease: string): string => lease.slice(66).split('\n', 1)[0] ?? '';

export const toLease = ({ labourer, id }: TaskKey, lease: string, task: string): Lease => ({
  labourer,
  id,
  token: tokenOf(lease),
  ...restOf(task),
  attempt: number(lease, 31, 40), // without the first digit, where a mark may be
  createdAt: createdOf(task),
  due: lease[40] === '-' ? number(task, 15, 30) : number(lease, 40, 55),
  claimedAt: number(lease, 15, 30),
  deadline: number(lease, 0, 15),
});

/** @returns undefined for an id that is unknown, or of which only the id is kept */
export const toRecord = (key: TaskKey, stored: Stored): TaskRecord | undefined => {
  const { task, back, lease, overdue, ended } = stored;
  const { labourer, id } = key;
  const text = task ?? '';
  const priority = isMarkedText(text) ? number(text, MARKED.priority, MARKED.expiresAt) : 0;
  const facts = { labourer, id, ...restOf(text), priority, createdAt: createdOf(text), errors: errorsOf(stored) };
  if (ended?.startsWith('a')) return { ...facts, attempts: 0, state: 'aside', problem: ended.slice(27) };
  if (task === null) return undefined;
  const last = facts.errors.at(-1);
  const lastError = last ? { lastError: last.error } : {};
  const held = lease ?? overdue;
  if (held !== null) {
    const running = { state: 'running', token: tokenOf(held), deadline: number(held, 0, 15), attempts: number(held, 31, 40) } as const;
    return { ...facts, ...lastError, ...running, ...(held[30] === 'x' && { cancelling: true }) };
  }
  if (ended !== null) {
    const ending = { ...facts, attempts: number(ended, 2, 11), endedAt: number(ended, 11, 26) };
    const body = afterToken(ended, 26);
    switch (ended[0]) {
      case 'd':
        return { ...ending, state: 'dead', error: body };
      case 'x':
        return { ...ending, state: 'cancelled' };
      case 'p':
        return { ...ending, state: 'dropped' };
      default:
        return { ...ending, state: 'completed', ...readBody(body) };
    }
  }
  const due = back === null ? number(text, 15, 30) : number(back, 10, 25);
  const expiry = isMarkedText(text) ? number(text, MARKED.expiresAt, MARKED.more) : Number.NaN; // dashes: none
  return {
    ...facts,
    ...lastError,
    attempts: back === null ? 0 : number(back, 0, 10),
    state: 'queued',
    due,
    ...(Number.isFinite(expiry) && { expiresAt: expiry }),
  };
};

/** The kinds of ends that something may follow from, by their letters. */
const ENDS: Readonly<Record<string, End['state']>> = { c: 'completed', d: 'dead', x: 'cancelled', p: 'dropped' };

/** @returns undefined if this is another end of the task by now */
export const toEnd = (ref: EndRef, ended: string, follow: JsonText): End | undefined => {
  const state = ENDS[ended.charAt(0)];
  if (state === undefined || number(ended, 11, 26) !== ref.endedAt) return undefined;
  const { result } = state === 'completed' ? readBody(afterToken(ended, 26)) : {};
  return { ...ref, state, follow, ...(result !== undefined && { result }) };
};

/** The one that ended a task is told by its end, the others are among the notes; the first layout had the last of them in `back`. */
const errorsOf = ({ errors, back, ended }: Stored): readonly AttemptError[] => {
  const list = errors === null ? [] : errors.split('\n').map(toError);
  if (back?.[26] === '1') list.push({ attempt: number(back, 0, 10), at: number(back, 10, 25), error: afterToken(back, 27) });
  if (ended?.[0] === 'd')
    list.push({ attempt: number(ended, 2, 11), at: number(ended, 11, 26) - number(ended, 1, 2), error: afterToken(ended, 26) });
  return list.slice(-MOST_ERRORS);
};

const toError = (line: string): AttemptError => ({
  attempt: number(line, 0, 10),
  at: number(line, 10, 25),
  error: line.slice(25).replace(/\\(n|\\)/g, (_, letter) => (letter === 'n' ? '\n' : '\\')),
});

const afterToken = (text: string, from: number): string => text.slice(text.indexOf('\n', from) + 1);
