import type { EpochMs } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';

/** One request for all labourers, and one or two steps into the index for each. */
export const WITH_DUE = `
  SELECT value AS labourer FROM json_each(?1)
  WHERE EXISTS (SELECT 1 FROM tasks WHERE state = 'queued' AND labourer = value AND fresh = 1 AND due <= ?2)
     OR EXISTS (SELECT 1 FROM tasks WHERE state = 'queued' AND labourer = value AND fresh = 0 AND due <= ?2)`;

export const labourersWithDue = (statements: Statements, labourers: readonly string[], now: EpochMs): Set<string> =>
  new Set(statements.all<{ readonly labourer: string }>(WITH_DUE, JSON.stringify(labourers), now).map(({ labourer }) => labourer));
