import type { TaskKey } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import { toRecord } from '../rows/read-row.ts';
import { moveBack } from '../sosw/retries.ts';
import type { Parts } from '../verbs/parts.ts';

/** Where a task stands, as a strongly consistent read has it. */
export type Standing =
  | { readonly kind: 'queued' | 'running'; readonly row: Row }
  /** It may run again. @param isClosedOnly its row in the table of tasks is gone */
  | { readonly kind: 'over'; readonly row: Row; readonly isClosedOnly: boolean }
  | { readonly kind: 'completed' | 'aside' | 'unknown' };

const UNKNOWN: Standing = { kind: 'unknown' };

/**
 * The three tables in the order of a task's way, as `find` reads them. What a sosw has put off is brought back first: in its table of retries
 * nothing can be done to it that its Scavenger would heed.
 */
export const whereIs = async (parts: Parts, { labourer, id }: TaskKey): Promise<Standing> => {
  if (id === '' || labourer === '') return UNKNOWN; // no key of DynamoDB's
  const { requests, layout } = parts;
  const { tables } = layout;
  const ours = async (): Promise<Standing | undefined> => {
    const row = await requests.get(tables.tasks, layout.taskKey(id));
    return row && standingOf(parts, row, labourer, false);
  };
  const here = await ours();
  if (here) return here;
  const put = await requests.get(tables.retry, layout.retryKey(labourer, id));
  if (put) {
    await moveBack(parts, labourer, put);
    return (await ours()) ?? UNKNOWN;
  }
  const closed = await requests.get(tables.closed, layout.taskKey(id));
  return (closed && standingOf(parts, closed, labourer, true)) ?? UNKNOWN;
};

/** `undefined`: the row is no task. */
const standingOf = ({ layout }: Parts, row: Row, labourer: string, isClosedOnly: boolean): Standing | undefined => {
  const record = toRecord(row, layout);
  if (!record) return undefined;
  if (record.labourer !== labourer) return UNKNOWN;
  switch (record.state) {
    case 'queued':
    case 'running':
      return { kind: record.state, row };
    case 'completed':
    case 'aside':
      return { kind: record.state };
    default:
      return { kind: 'over', row, isClosedOnly };
  }
};
