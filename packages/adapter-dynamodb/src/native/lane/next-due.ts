import type { EpochMs } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { digits, instantIn } from '../codec/home-key.ts';
import type { NativeParts } from '../parts.ts';
import { queuedRange } from '../reading/queued.ts';
import { lanesIn, sortKeyOf } from '../shelf.ts';
import { FIRST, LAST, pointerRange, queuesIn } from './read-pointers.ts';

/** Tasks of a lane that wait no more, where its readers have not been: they are few. */
const SOME = 20;

/**
 * When the next falls due that waits: not later than this. A handful of readings, which may be a little old; what comes in
 * meanwhile is said by a hint.
 * @param after without it, what is due already counts as well
 */
export const nextDue = async (
  parts: NativeParts,
  labourer: string,
  groups: readonly Row[],
  after?: EpochMs,
): Promise<EpochMs | undefined> => {
  const { requests, shelf } = parts;
  const from = after === undefined ? undefined : digits(after + 1);
  const pointers = queuesIn(groups[0]).map(async (queue) => {
    const range = pointerRange(shelf.table, labourer, queue, from ?? FIRST, LAST);
    const { rows } = await requests.query({ ...range, limit: 1, consistent: false });
    return rows[0] && instantIn(sortKeyOf(rows[0]).slice(1));
  });
  const heads = Array.from({ length: lanesIn(groups[0]) }, async (_, lane) => {
    const range = queuedRange(parts, labourer, lane, groups, from === undefined ? {} : { from });
    const { rows, next } = await requests.query({ ...range, limit: SOME, consistent: false });
    const row = rows[0] ?? next;
    return row && instantIn(sortKeyOf(row));
  });
  const found = (await Promise.all([...pointers, ...heads])).filter((each) => each !== undefined);
  return found.length === 0 ? undefined : Math.min(...found);
};
