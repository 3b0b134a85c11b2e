import type { EpochMs } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { KEYED, KEYED_LANES, PLAIN_LANES } from './head.ts';

/** One request for all labourers: one step into the index for an idle one, and one for each lane for one whose tasks are all due later. */
export const WITH_DUE: string = `
  SELECT value AS labourer FROM json_each(?1)
  WHERE EXISTS (SELECT 1 FROM tasks WHERE state = 'queued' AND labourer = value)
    AND (
      EXISTS (SELECT 1 FROM tasks WHERE state = 'queued' AND labourer = value AND lane IN (${PLAIN_LANES}) AND due <= ?2)
      OR EXISTS (SELECT 1 FROM tasks WHERE state = 'queued' AND labourer = value AND lane >= ${KEYED})
        AND EXISTS (SELECT 1 FROM tasks WHERE state = 'queued' AND labourer = value AND lane IN (${KEYED_LANES}) AND due <= ?2)
    )`;

export const labourersWithDue = (statements: Statements, labourers: readonly string[], now: EpochMs): Set<string> =>
  new Set(statements.all<{ readonly labourer: string }>(WITH_DUE, JSON.stringify(labourers), now).map(({ labourer }) => labourer));
