import type { EpochMs, MaintenanceReport } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';

/** The most tasks that one call forgets. */
const PAGE = 1_000;

export const PURGE = `
  DELETE FROM tasks WHERE seq IN (
    SELECT seq FROM tasks
    WHERE ended_at IS NOT NULL AND labourer = ?1 AND state = ?2 AND ended_at <= ?3
    ORDER BY ended_at
    LIMIT ?4
  )`;

/** Crashes leave nothing to repair: a transaction that did not commit never was. So only the forgetting is left to do. */
export const maintain = (statements: Statements, labourers: readonly string[], endedBy: EpochMs): MaintenanceReport => {
  let purged = 0;
  for (const labourer of labourers) {
    for (const state of ['completed', 'dead']) {
      if (purged < PAGE) purged += statements.run(PURGE, labourer, state, endedBy, PAGE - purged);
    }
  }
  return { done: { purged }, more: purged === PAGE };
};
