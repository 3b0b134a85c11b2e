import type { Change, EpochMs, Written, Wrote } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { entryOf } from './look.ts';

export const FORGET = 'DELETE FROM register WHERE name = ?1';

export const SET = `
  INSERT INTO register (name, value, stamp, until) VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value, stamp = excluded.stamp, until = excluded.until`;

/**
 * Compares and sets under one write lock: of two who expect the same stamp, the second looks only after the first has committed, and finds
 * the stamp of the first (G2). `now` is read under the lock as well, so an entry is not taken for alive that ended during the wait for it.
 */
export const change = (statements: Statements, changes: readonly Change[], at: EpochMs): Wrote => ({
  at,
  outcomes: changes.map((each) => changeOne(statements, each, at)),
});

const changeOne = (statements: Statements, { name, value, stamp, expected, keep }: Change, now: EpochMs): Written => {
  if (expected !== undefined) {
    const entry = entryOf(statements, name, now);
    if ((entry?.stamp ?? null) !== expected) return { kind: 'stale', ...(entry && { entry }) };
  }
  if (value === undefined) statements.run(FORGET, name);
  else statements.run(SET, name, value, stamp, keep === undefined ? null : Math.ceil(now + keep));
  return { kind: 'written' };
};
