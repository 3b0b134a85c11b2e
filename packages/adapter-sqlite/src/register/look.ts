import type { Entry, EpochMs, JsonText, Looked } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';

/** One that is forgotten may still lie there until `maintain` comes by; nobody sees it. */
export const ENTRY = 'SELECT value, stamp FROM register WHERE name = ?1 AND (until IS NULL OR until > ?2)';

export const entryOf = (statements: Statements, name: string, now: EpochMs): Entry | undefined => {
  const row = statements.first<{ readonly value: string; readonly stamp: string }>(ENTRY, name, now);
  return row && { value: row.value as JsonText, stamp: row.stamp };
};

export const look = (statements: Statements, names: readonly string[], at: EpochMs): Looked => ({
  at,
  entries: names.map((name) => entryOf(statements, name, at)),
});
