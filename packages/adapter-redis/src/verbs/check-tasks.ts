import { boundText, type NewTask, ReeveError, type Verdict } from '@reeve/core';

/** 16 MiB: Redis takes 512, but it serves nobody else while it copies one. */
export const MAX_PAYLOAD_BYTES: number = 16 * 1024 * 1024;

/** @throws ReeveError PAYLOAD_TOO_LARGE, STORE_REFUSED: nothing of the call was written */
export const checkTasks = (tasks: readonly NewTask[]): void => {
  for (const { id, payload, due } of tasks) {
    const flaw = flawOf(id, payload, due);
    if (flaw !== undefined) throw refused(`the task ${JSON.stringify(boundText(String(id), 140))}: ${flaw}`);
    if (isTooLong(payload)) throw tooLarge(`payload of ${JSON.stringify(id)}`, payload);
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

/** Claims join ids and payloads by NUL, and tokens end at a line feed. @throws ReeveError STORE_REFUSED */
export const checkToken = (token: string): void => {
  if (token.includes('\n')) throw refused('the token of the claim: it has a line feed');
};

const flawOf = (id: unknown, payload: unknown, due: unknown): string | undefined => {
  if (typeof id !== 'string' || id === '' || id.includes('\0')) return 'its id is no text of one character or more without NUL';
  if (typeof payload !== 'string' || payload.includes('\0')) return 'its payload is no text without NUL';
  if (due === undefined || (typeof due === 'number' && due >= 0 && due < 1e15)) return undefined;
  return 'its due time is no instant in milliseconds since 1970';
};

// A unit of UTF-16 takes at most three bytes: most texts need no count.
const isTooLong = (text: string): boolean => text.length * 3 > MAX_PAYLOAD_BYTES && Buffer.byteLength(text, 'utf8') > MAX_PAYLOAD_BYTES;

const tooLarge = (what: string, text: string): ReeveError =>
  new ReeveError({
    kind: 'input',
    code: 'PAYLOAD_TOO_LARGE',
    message: `${what}: ${Buffer.byteLength(text, 'utf8')} bytes, and Redis takes ${MAX_PAYLOAD_BYTES} here; keep the data elsewhere and store where it is`,
  });

const refused = (message: string): ReeveError => new ReeveError({ kind: 'input', code: 'STORE_REFUSED', message });
