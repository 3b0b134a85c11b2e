import type { EpochMs, TaskKey } from '@reeve/core';
import { inLanes } from '../../client/lanes.ts';
import { claimsOf, expiryOf, idOf, isQueued } from '../codec/home-row.ts';
import { unpoint } from '../enqueue/put-home.ts';
import { homeKey } from '../keys.ts';
import type { Candidate } from '../lane/candidate.ts';
import type { NativeParts } from '../parts.ts';
import { endQueued, type QueuedEnd, writeEnds } from './end-queued.ts';
import { rowsOf } from './expired.ts';
import { isOver } from './mark.ts';

/**
 * C10 Drops tasks whose time had run out when they were looked for. Each by a write that holds only if it was not claimed since, so
 * one caller has dropped it and reports it.
 */
export const dropAll = async (
  parts: NativeParts,
  labourer: string,
  candidates: readonly Candidate[],
  now: EpochMs,
): Promise<readonly TaskKey[]> => {
  if (candidates.length === 0) return [];
  const { shelf } = parts;
  const rows = await rowsOf(
    parts,
    candidates.map(({ home }) => home),
  );
  const rowOf = new Map(rows.map(([home, row]) => [shelf.keyText(homeKey(home)), row]));
  const endings = candidates.map(({ home, claims }): QueuedEnd | undefined => {
    const row = rowOf.get(shelf.keyText(homeKey(home)));
    const isStill = row && isQueued(row) && claimsOf(row) === claims && (expiryOf(row) ?? Number.POSITIVE_INFINITY) <= now;
    return isStill ? { home, row } : undefined;
  });
  const still = endings.filter((each) => each !== undefined);
  if (still.length > 0) await writeEnds(parts, labourer, 'dropped', still, now);
  const dropped = await inLanes(candidates, async ({ home, claims, pointer }, at) => {
    const ending = endings[at];
    const ended = ending && (await endQueued(parts, 'dropped', ending, now));
    const seen = ended?.kind === 'lost' ? ended.row : rowOf.get(shelf.keyText(homeKey(home)));
    // Also one that an earlier due time left, or another's crash.
    if (pointer && (ended?.kind === 'ended' || isOver(seen, claims, pointer, now))) await unpoint(parts, pointer);
    return ending && ended?.kind === 'ended' ? { labourer, id: idOf(ending.row, home) } : undefined;
  });
  return dropped.filter((each) => each !== undefined);
};
