import { Health, type Labourer } from '@reeve/core';
import { capAt } from '../labourers/cap-at.ts';
import type { FirstRounds, LabourerRows } from '../report/report.ts';

/**
 * What the first sweeps and the first tick do, by the rows as they were seen. Sweeps come first: they give what sosw runs a place under the
 * cap, bring back what is due, and tell what has expired. An expired attempt is tried again after a wait, so it is not among what is due.
 */
export const firstRounds = (labourer: Labourer, rows: LabourerRows): FirstRounds => {
  const most = capAt(labourer, Health.High);
  const due = rows.queued.rows - rows.broken.length + rows.retryDue.rows + rows.lost.rows;
  const room = Math.max(0, most - rows.running.rows);
  const isFull = due >= room;
  return {
    labourer: labourer.id,
    cap: most,
    running: rows.running.rows,
    starts: Math.min(due, room),
    due,
    retries: rows.expired.rows - rows.exhausted,
    buries: rows.exhausted,
    archives: rows.completed.rows,
    setsAside: rows.broken.length,
    atLeast:
      rows.expired.atLeast || rows.completed.atLeast || rows.running.atLeast || (!isFull && rows.queued.atLeast) || rows.retryDue.atLeast,
  };
};
