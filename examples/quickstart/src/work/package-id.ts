import { createHash } from 'node:crypto';

/** The longest id that a task may have. */
const LONGEST = 128;

/**
 * The id of the task of one package: `libsql@0.5.29`. Names come from files that anybody may have written, so what a task's id
 * may not hold is replaced, and a hash of the whole keeps apart what would look alike then.
 */
export const packageId = (name: string, version: string): string => {
  const whole = `${name}@${version}`;
  const clean = whole.replaceAll(/\p{Cc}|\p{Surrogate}/gu, '?');
  if (clean === whole && whole.length <= LONGEST) return whole;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 12);
  return `${clean.slice(0, LONGEST - hash.length - 1).replace(/[\ud800-\udbff]$/, '')}~${hash}`;
};
