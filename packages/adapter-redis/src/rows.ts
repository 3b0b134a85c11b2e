/**
 * The texts that are stored. Instants take 15 digits, counts 10 and sequence numbers 11 (hexadecimal), so that Lua and JavaScript
 * find each at a fixed place and nothing has to be parsed, escaped or written anew:
 *
 * task     created(15) due(15) sequence(11) payload
 * lease    deadline(15) claimed(15) attempt(10) due(15) sequence(11) token
 *          due and sequence are dashes if the task was not tried before: its record has them, and all leases of a claim are one text
 * back     attempts(10) due(15) verdict(1) failed(1) token LF error        of a task that is queued again
 * ended    kind(1) attempts(10) ended(15) token LF body                    kind: c completed, d dead, a set aside
 */
import type { JsonText, Lease, TaskKey, TaskRecord, Verdict } from '@reeve/core';

const LETTERS = { completed: 'c', retry: 'r', dead: 'd', released: 'l' } as const;

export const letterOf = (verdict: Verdict): string => LETTERS[verdict.kind];

const instant = (at: number): string => String(Math.ceil(at)).padStart(15, '0');

/** What a verdict carries, for the script. Of `completed` it is the body that is kept: lengths of result and statistics, then both. */
export const bodyOf = (verdict: Verdict): string => {
  switch (verdict.kind) {
    case 'completed': {
      const { result, stats } = verdict;
      if (result === undefined && stats === undefined) return '';
      return `${result?.length ?? ''},${stats?.length ?? ''};${result ?? ''}${stats ?? ''}`;
    }
    case 'retry':
      return `${instant(verdict.after)}${verdict.error}`;
    case 'dead':
      return verdict.error;
    case 'released':
      return verdict.after === undefined ? '' : instant(verdict.after);
  }
};

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
}

export const toLease = ({ labourer, id }: TaskKey, lease: string, task: string): Lease => ({
  labourer,
  id,
  token: lease.slice(66),
  payload: task.slice(41) as JsonText,
  attempt: number(lease, 30, 40),
  createdAt: number(task, 0, 15),
  due: lease[40] === '-' ? number(task, 15, 30) : number(lease, 40, 55),
  claimedAt: number(lease, 15, 30),
  deadline: number(lease, 0, 15),
});

/** @returns undefined for an id that is unknown, or of which only the id is kept */
export const toRecord = (key: TaskKey, { task, back, lease, overdue, ended }: Stored): TaskRecord | undefined => {
  const { labourer, id } = key;
  const payload = (task ?? '').slice(41) as JsonText;
  const createdAt = number(task ?? '', 0, 15) || 0;
  const facts = { labourer, id, payload, createdAt };
  if (ended?.startsWith('a')) {
    return { ...facts, attempts: 0, state: 'aside', problem: ended.slice(27) };
  }
  if (task === null) return undefined;
  const lastError = back?.[26] === '1' ? { lastError: afterToken(back, 27) } : {};
  const held = lease ?? overdue;
  if (held !== null) {
    const deadline = number(held, 0, 15);
    return { ...facts, ...lastError, attempts: number(held, 30, 40), state: 'running', token: held.slice(66), deadline };
  }
  if (ended !== null) {
    const end = { ...facts, attempts: number(ended, 1, 11), endedAt: number(ended, 11, 26) };
    const body = afterToken(ended, 26);
    return ended.startsWith('d') ? { ...end, state: 'dead', error: body } : { ...end, state: 'completed', ...readBody(body) };
  }
  if (back !== null) return { ...facts, ...lastError, attempts: number(back, 0, 10), state: 'queued', due: number(back, 10, 25) };
  return { ...facts, attempts: 0, state: 'queued', due: number(task, 15, 30) };
};

const afterToken = (text: string, from: number): string => text.slice(text.indexOf('\n', from) + 1);
