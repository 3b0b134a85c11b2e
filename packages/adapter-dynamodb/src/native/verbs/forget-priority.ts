import { inLanes } from '../../client/lanes.ts';
import type { Row } from '../../client/requests.ts';
import { pointerPartition } from '../keys.ts';
import { FIRST, LAST } from '../lane/read-pointers.ts';
import type { NativeParts } from '../parts.ts';
import { keyRange } from '../shelf.ts';

/**
 * Takes back that there are tasks of a priority, if there are none. It was said a day ago, and whoever writes a pointer has said it
 * within the hour before: so a pointer that is on its way while we look comes with a word that is newer than the one we take back, and that stands.
 */
export const forgetPriority = async (
  { requests, shelf, priorities }: NativeParts,
  labourer: string,
  first: Row,
  priority: number,
): Promise<void> => {
  const pages = await inLanes([false, true], (isKeyed) => {
    const range = keyRange(shelf.table, pointerPartition(labourer, priority, isKeyed), `a${FIRST}`, `f${LAST}`);
    return requests.query({ ...range, limit: 1 });
  });
  if (pages.every(({ rows }) => rows.length === 0)) await priorities.takeBack(labourer, priority, first);
};
