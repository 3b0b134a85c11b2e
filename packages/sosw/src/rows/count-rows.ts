import type { FieldNames } from '@reeve/adapter-dynamodb';
import type { Page, Row } from '../dynamodb/reads.ts';
import type { Count, LabourerRows } from '../report/report.ts';
import { isLost, isReeves, numberOf, problemOf } from './judge-row.ts';
import type { Stretches } from './stretches.ts';

/** @param maxAttempts of the labourer: whoever has had so many is not tried again */
export const countRows = (labourer: string, stretches: Stretches, fields: FieldNames, maxAttempts: number): LabourerRows => {
  const isCompleted = (row: Row): boolean => row[fields.completed_at] !== undefined;
  const { queued, ahead, running } = stretches;
  const open = (page: Page, is: (row: Row) => boolean = () => true): Count => count(page, (row) => !isCompleted(row) && is(row));
  const isExpired = (row: Row): boolean => !isLost(row, fields) && !isWait(row);
  const done = [queued, ahead, running].map((page) => count(page, isCompleted));
  return {
    labourer,
    queued: open(queued),
    running: open(running),
    expired: open(ahead, isExpired),
    exhausted: open(ahead, (row) => isExpired(row) && numberOf(row, fields.attempts) >= maxAttempts).rows,
    completed: { rows: done.reduce((sum, { rows }) => sum + rows, 0), atLeast: ahead.more || running.more },
    retryDue: count(stretches.retryDue),
    retryWaiting: count(stretches.retryWaiting),
    lost: open(ahead, (row) => isLost(row, fields)),
    closedCompleted: count(stretches.completed),
    closedDead: count(stretches.dead),
    broken: queued.rows.flatMap((row) => {
      const problem = isCompleted(row) ? undefined : problemOf(row, fields);
      return problem === undefined ? [] : [{ id: row[fields.task_id]?.S ?? '', problem }];
    }),
  };
};

const count = ({ rows, more }: Page, is: (row: Row) => boolean = () => true): Count => ({ rows: rows.filter(is).length, atLeast: more });

/** A retry of Reeve that waits for its time. */
const isWait = (row: Row): boolean => isReeves(row) && row['reeve_until'] === undefined;
