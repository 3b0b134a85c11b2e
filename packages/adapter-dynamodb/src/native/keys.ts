/** The partitions of the native table, beside the groups of the ledger (shelf.ts). */
import type { Row } from '../client/requests.ts';
import type { EndKind } from './codec/ending.ts';
import { type Home, homeInId } from './codec/home-key.ts';
import { type Pointer, pointerText } from './codec/pointer.ts';
import { keyed } from './shelf.ts';

export const lanePartition = (labourer: string, lane: number): string => `t#${labourer}#${lane}`;
export const pointerPartition = (labourer: string): string => `p#${labourer}`;
export const historyPartition = (labourer: string, kind: EndKind | 'aside'): string => `h#${labourer}#${kind}`;

export const homeKey = ({ labourer, lane, place }: Home): Row => keyed(lanePartition(labourer, lane), place);
export const pointerKey = (pointer: Pointer): Row => keyed(pointerPartition(pointer.home.labourer), pointerText(pointer));

/** Where an id is looked up first: the home itself if the id says where that is, or an item that says it. */
export const addressKey = (id: string): Row => {
  const home = homeInId(id);
  return home ? homeKey(home) : keyed(`i#${id}`, 'i');
};
