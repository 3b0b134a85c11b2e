import type { Verdict } from '@reeve/core';
import { inLanes } from '../../client/lanes.ts';
import { hasRoomFor, isLong, tooLarge } from '../../verbs/check-results.ts';
import { HOME, stateOf } from '../codec/home-row.ts';
import { homeKey } from '../keys.ts';
import type { NativeParts } from '../parts.ts';

/**
 * V8 As in the greenfield layout: the homes that long results are for are read before anything is written.
 * @throws ReeveError PAYLOAD_TOO_LARGE
 */
export const checkResults = async ({ requests, shelf, addresses }: NativeParts, verdicts: readonly Verdict[]): Promise<void> => {
  const long = verdicts.filter(isLong);
  const rows = await inLanes(long, (each) =>
    addresses.visit(each, async (home) => {
      const row = await requests.get(shelf.table, homeKey(home));
      return { row, value: row };
    }),
  );
  for (const [at, each] of long.entries()) {
    const row = rows[at];
    // Of any other attempt the verdict is stale, or a repetition, and writes nothing.
    if (!row || row[HOME.token]?.S !== each.token || stateOf(row) !== 'running') continue;
    if (!hasRoomFor(row, each)) throw tooLarge(each);
  }
};
