import type { GreenfieldTables } from '@reeve/adapter-dynamodb';
import { type EpochMs, SECOND } from '@reeve/core';
import type { Page, Reads } from '../dynamodb/reads.ts';

/** sosw's `duration` and `cooldown`, in seconds. */
const LEASE = 1_200;
/** Reeve's own stretches begin here: no sosw looks there. */
const REEVES = 1e10;
/** Of what should not be there, a few tell enough. */
const FEW = 5;

/** What stands in the index of one labourer, by the arithmetic of sosw; each a page that may have more behind it. */
export interface Stretches {
  readonly queued: Page;
  /** The last of sosw's queue. */
  readonly newest: Page;
  /** Expired; or retries of Reeve that wait; or tasks whose greenfield ran past the present. */
  readonly ahead: Page;
  readonly running: Page;
  /** Invoked at an instant that has not come: by a clock that is ahead, or by Reeve with a longer lease. */
  readonly beyond: Page;
  readonly ofReeve: Page;
  readonly retryDue: Page;
  readonly retryWaiting: Page;
  readonly completed: Page;
  readonly dead: Page;
}

export interface Look {
  readonly labourer: string;
  readonly now: EpochMs;
  readonly sample: number;
  /** Rows of what the first tick depends on. */
  readonly wide: number;
}

/** Ten queries with a Limit each, one after another: nobody's tables are to feel it. */
export const readStretches = async (reads: Reads, tables: GreenfieldTables, { labourer, now, sample, wide }: Look): Promise<Stretches> => {
  const { fields, invocationDelta } = tables;
  const at = now / SECOND;
  const until = at + invocationDelta;
  const query = (table: string, index: string, key: string, value: string, sort: string) => {
    return (condition: string, values: readonly number[], limit: number, desc = false): Promise<Page> =>
      reads.query({
        TableName: table,
        IndexName: index,
        KeyConditionExpression: condition === '' ? '#k = :k' : `#k = :k AND ${condition}`,
        ExpressionAttributeNames: { '#k': key, ...(condition !== '' && { '#s': sort }) },
        ExpressionAttributeValues: { ':k': { S: value }, ...Object.fromEntries(values.map((each, n) => [`:${n}`, { N: String(each) }])) },
        ScanIndexForward: !desc,
        Limit: limit,
      });
  };
  const tasks = query(tables.tasks, tables.greenfieldIndex, fields.labourer_id, labourer, fields.greenfield);
  const retry = query(tables.retry, tables.retryIndex, fields.labourer_id, labourer, fields.desired_launch_time);
  const closed = (end: 0 | 1): Promise<Page> =>
    query(tables.closed, tables.closedIndex, fields.labourer_id_task_status, `${labourer}_${end}`, fields.closed_at)('', [], sample, true);
  // Next to one another, so that whole numbers of seconds fall into one of them each: an expired row stands at its bound.
  return {
    queued: await tasks('#s < :0', [at], wide),
    newest: await tasks('#s BETWEEN :0 AND :1', [0, at], 1, true),
    ahead: await tasks('#s BETWEEN :0 AND :1', [at, until - LEASE], sample),
    running: await tasks('#s BETWEEN :0 AND :1', [next(until - LEASE), until], wide),
    beyond: await tasks('#s BETWEEN :0 AND :1', [next(until), REEVES], FEW),
    ofReeve: await tasks('#s > :0', [REEVES], 1),
    retryDue: await retry('#s <= :0', [at], sample),
    retryWaiting: await retry('#s > :0', [at], sample),
    completed: await closed(1),
    dead: await closed(0),
  };
};

/** Just behind it. */
const next = (seconds: number): number => seconds + 0.001;
