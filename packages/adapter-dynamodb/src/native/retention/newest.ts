import type { Row } from '../../client/requests.ts';
import { type Ending, type EndKind, endingOrder } from '../codec/ending.ts';
import { type Home, homeOf } from '../codec/home-key.ts';
import { hasEndedAt, stateOf } from '../codec/home-row.ts';
import { homeKey } from '../keys.ts';
import { LAST } from '../lane/read-pointers.ts';
import type { NativeParts } from '../parts.ts';
import { readEnded } from '../reading/ended.ts';
import { rowsOf } from '../verbs/expired.ts';

/** An end, and the home that it is of, as it is now. */
export interface EndAndHome {
  readonly ending: Ending;
  readonly home: Home;
  readonly row: Row;
}

/** Those whose homes are there. */
export const withHomes = async (
  parts: NativeParts,
  labourer: string,
  endings: readonly Ending[],
  consistent: boolean,
): Promise<readonly EndAndHome[]> => {
  const keyOf = (home: Home): string => parts.shelf.keyText(homeKey(home));
  const homes = endings.map(({ home }) => homeOf(labourer, home));
  const rows = new Map((await rowsOf(parts, homes, consistent)).map(([home, row]) => [keyOf(home), row]));
  return endings.flatMap((ending, n) => {
    const home = homes[n];
    const row = home && rows.get(keyOf(home));
    return home && row ? [{ ending, home, row }] : [];
  });
};

/** Whether it is the last end of its home: of others the task was redriven since, or forgotten, or never ended so. */
export const isBorneOut = ({ ending, row }: EndAndHome): boolean => stateOf(row) === ending.kind && hasEndedAt(row, ending.at);

/** How far a counting has come. */
export interface Counting {
  readonly count: number;
  readonly before: string;
}

export const COUNT_NONE: Counting = { count: 0, before: LAST };

/** Ends of one call. */
const PAGE = 500;

/**
 * Goes on with the counting of the newest ends, a page at a time. What ends meanwhile is not counted, so rather too many are kept.
 * @returns where the last of so many is; a counting that goes on; or `undefined`: there are not so many
 */
export const countNewest = async (
  parts: NativeParts,
  { labourer, kind, groups }: { readonly labourer: string; readonly kind: EndKind; readonly groups: readonly Row[] },
  most: number,
  from: Counting,
): Promise<string | Counting | undefined> => {
  if (most === 0) return LAST;
  const { endings, more } = await readEnded(parts, labourer, kind, groups, { before: from.before, limit: PAGE });
  const found = (await withHomes(parts, labourer, endings, false)).filter(isBorneOut);
  const last = found[most - from.count - 1];
  if (last) return endingOrder(last.ending);
  const end = endings.at(-1);
  return more && end ? { count: from.count + found.length, before: endingOrder(end) } : undefined;
};
