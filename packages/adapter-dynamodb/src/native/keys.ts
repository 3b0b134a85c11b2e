/** The partitions of the native table, beside the groups of the ledger (shelf.ts). */
import type { EpochMs } from '@reeve/core';
import type { Row } from '../client/requests.ts';
import type { EndKind } from './codec/ending.ts';
import { digits, type Home, homeInId, homeText } from './codec/home-key.ts';
import { type Pointer, pointerText, turnText } from './codec/pointer.ts';
import { keyed } from './shelf.ts';

export const lanePartition = (labourer: string, lane: number): string => `t#${labourer}#${lane}`;
/** Tasks with a key lie apart: so that a hundred thousand of them stand in nobody's way who looks for those without. */
export const pointerPartition = (labourer: string, priority: number, isKeyed: boolean = false): string =>
  `p${isKeyed ? 'k' : ''}${priority === 0 ? '' : priority}#${labourer}`;
/** Pointers to tasks with a key once more, key by key. */
export const turnPartition = (labourer: string): string => `k#${labourer}`;
export const historyPartition = (labourer: string, kind: EndKind | 'aside'): string => `h#${labourer}#${kind}`;

export const outboxPartition = (labourer: string): string => `o#${labourer}`;

export const homeKey = ({ labourer, lane, place }: Home): Row => keyed(lanePartition(labourer, lane), place);
/** Where a pointer is; one to a task with a key is in two places: among all others, in their order, and among those of its key. */
export const pointerKeys = (pointer: Pointer): readonly Row[] => {
  const { home, priority, tag } = pointer;
  const own = keyed(pointerPartition(home.labourer, priority, tag !== undefined), pointerText(pointer));
  return tag === undefined ? [own] : [own, keyed(turnPartition(home.labourer), turnText(pointer, tag))];
};

export const outboxKey = (home: Home, endedAt: EpochMs): Row => keyed(outboxPartition(home.labourer), digits(endedAt) + homeText(home));

/** Where an id is looked up first: the home itself if the id says where that is, or an item that says it. */
export const addressKey = (id: string): Row => {
  const home = homeInId(id);
  return home ? homeKey(home) : keyed(`i#${id}`, 'i');
};
