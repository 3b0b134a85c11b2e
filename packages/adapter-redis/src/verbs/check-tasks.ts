import { boundText, MOST_URGENT, type NewTask, type Redrive, ReeveError, type Replacement, type Verdict } from '@reeve/core';

/** 16 MiB: Redis takes 512, but it serves nobody else while it copies one. */
export const MAX_PAYLOAD_BYTES: number = 16 * 1024 * 1024;

/** @throws ReeveError PAYLOAD_TOO_LARGE, STORE_REFUSED: nothing of the call was written */
export const checkTasks = (tasks: readonly NewTask[]): void => {
  for (const task of tasks) {
    const { id, payload, follow } = task;
    const flaw = flawOf(task);
    if (flaw !== undefined) throw refusedTask(id, flaw);
    if (isTooLong(payload)) throw tooLarge(`payload of ${JSON.stringify(id)}`, payload);
    if (follow !== undefined && isTooLong(follow)) throw tooLarge(`follow of ${JSON.stringify(id)}`, follow);
  }
};

/** @throws ReeveError PAYLOAD_TOO_LARGE: nothing of the call was written */
export const checkVerdicts = (verdicts: readonly Verdict[]): void => {
  for (const verdict of verdicts) {
    if (verdict.kind !== 'completed') continue;
    for (const name of ['result', 'stats'] as const) {
      const text = verdict[name];
      if (text !== undefined && isTooLong(text)) throw tooLarge(`${name} of ${JSON.stringify(verdict.id)}`, text);
    }
  }
};

/** @throws ReeveError PAYLOAD_TOO_LARGE, STORE_REFUSED: nothing of the call was written */
export const checkReplacements = (replacements: readonly Replacement[]): void => {
  for (const each of replacements) {
    const flaw = flawOf(each);
    if (flaw !== undefined) throw refusedTask(each.id, flaw);
    if (isTooLong(each.payload)) throw tooLarge(`payload of ${JSON.stringify(each.id)}`, each.payload);
  }
};

/** @throws ReeveError STORE_REFUSED: nothing of the call was written */
export const checkRedrives = (redrives: readonly Redrive[]): void => {
  for (const { id, after = 0 } of redrives)
    if (!(isInstant(after) && after < 5e14)) throw refusedTask(id, `its wait is ${after}; give milliseconds, 0 or more, or leave it out`);
};

/** Claims join ids and payloads by NUL, and tokens end at a line feed. @throws ReeveError STORE_REFUSED */
export const checkToken = (token: string): void => {
  if (token.includes('\n')) throw refused('the token of the claim: it has a line feed');
};

const flawOf = ({
  id,
  payload,
  due,
  priority,
  expiresAt,
  follow,
  key,
}: { readonly [Field in keyof NewTask]: unknown }): string | undefined => {
  if (typeof id !== 'string' || id === '' || id.includes('\0')) return 'its id is no text of one character or more without NUL';
  if (typeof payload !== 'string' || payload.includes('\0')) return 'its payload is no text without NUL';
  if (due !== undefined && !isInstant(due)) return 'its due time is no instant in milliseconds since 1970';
  if (priority !== undefined && !isPriority(priority))
    return `its priority is ${typeof priority === 'number' ? priority : `a ${typeof priority}`}; give a whole number from 0 to ${MOST_URGENT}`;
  if (expiresAt !== undefined && !isInstant(expiresAt)) return 'its expiresAt is no instant in milliseconds since 1970';
  if (follow !== undefined && (typeof follow !== 'string' || follow === '')) return 'its follow is no text of one character or more';
  if (key !== undefined && !isKey(key)) return 'its key is no text of 1 to 128 characters without control characters';
  return undefined;
};

const isKey = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.length <= 128 && !/\p{Cc}/u.test(value);

const isInstant = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < 1e15;

const isPriority = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MOST_URGENT;

// A unit of UTF-16 takes at most three bytes: most texts need no count.
const isTooLong = (text: string): boolean => text.length * 3 > MAX_PAYLOAD_BYTES && Buffer.byteLength(text, 'utf8') > MAX_PAYLOAD_BYTES;

const tooLarge = (what: string, text: string): ReeveError =>
  new ReeveError({
    kind: 'input',
    code: 'PAYLOAD_TOO_LARGE',
    message: `${what}: ${Buffer.byteLength(text, 'utf8')} bytes, and Redis takes ${MAX_PAYLOAD_BYTES} here; keep the data elsewhere and store where it is`,
  });

const refusedTask = (id: unknown, flaw: string): ReeveError => refused(`the task ${JSON.stringify(boundText(String(id), 140))}: ${flaw}`);

const refused = (message: string): ReeveError => new ReeveError({ kind: 'input', code: 'STORE_REFUSED', message });
