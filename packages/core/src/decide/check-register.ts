import { ReeveError } from '../errors.ts';
import type { Change } from '../ports/register.ts';
import { textProblem } from './text-problem.ts';

const LONGEST_NAME = 256;
const LONGEST_STAMP = 64;
const MOST_BYTES = 64 * 1024;

/**
 * What every register refuses, for its adapters.
 * @throws ReeveError INVALID_REGISTER
 */
export const checkNames = (names: readonly string[]): void => {
  for (const name of names) checkText('name', name, LONGEST_NAME);
};

/** @throws ReeveError INVALID_REGISTER */
export const checkChanges = (changes: readonly Change[]): void => {
  checkNames(changes.map(({ name }) => name));
  const names = new Set<string>();
  for (const { name } of changes) {
    if (names.has(name)) throw fault(`name: ${show(name)} is changed twice in a call; make two calls of it`);
    names.add(name);
  }
  for (const { name, value, stamp, keep } of changes) {
    checkText('stamp', stamp, LONGEST_STAMP);
    const bytes = value === undefined ? 0 : new TextEncoder().encode(value).length;
    if (bytes > MOST_BYTES)
      throw fault(`value of ${show(name)}: ${bytes} bytes, and an entry takes ${MOST_BYTES}; it is no place for data`);
    if (keep !== undefined && !(Number.isSafeInteger(keep) && keep > 0))
      throw fault(`keep of ${show(name)}: ${keep} is no length of time; give whole milliseconds from 1, or leave it out`);
  }
};

const checkText = (field: string, text: string, longest: number): void => {
  if (textProblem(text, longest) !== undefined)
    throw fault(`${field}: ${show(text)} does not do; give 1 to ${longest} characters without control characters`);
};

const show = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);

const fault = (message: string): ReeveError => new ReeveError({ kind: 'input', code: 'INVALID_REGISTER', message });
