import type { AttemptRef } from '../domain/task.ts';
import { ReeveError } from '../errors.ts';

const LONGEST = 256;

/**
 * An attempt as a worker names it, which is input from outside: three non-empty strings of at most 256 characters.
 * @throws ReeveError INVALID_ATTEMPT
 */
export const checkRef = (value: unknown): AttemptRef => {
  const parts: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  for (const field of ['labourer', 'id', 'token'] as const) {
    const part = parts[field];
    if (typeof part === 'string' && part.length > 0 && part.length <= LONGEST) continue;
    throw new ReeveError({
      kind: 'input',
      code: 'INVALID_ATTEMPT',
      message: `attempt.${field}: ${typeof part === 'string' ? `a string of ${part.length} characters` : part === null ? 'null' : typeof part} does not name an attempt; send back labourer, id and token as they came with it`,
    });
  }
  return value as AttemptRef;
};
