import { inLanes } from '../../client/lanes.ts';
import type { Row } from '../../client/requests.ts';
import { type Ending, type EndKind, endingOrder, endingsOf, packed, unpacked } from '../codec/ending.ts';
import { digits, instantIn } from '../codec/home-key.ts';
import { HOME, isQueued } from '../codec/home-row.ts';
import { isPending } from '../codec/lasting.ts';
import { SPAN } from '../history/history.ts';
import { historyPartition, homeKey } from '../keys.ts';
import { FIRST, LAST } from '../lane/read-pointers.ts';
import type { NativeParts } from '../parts.ts';
import { keyRange } from '../shelf.ts';
import { LAG } from '../verbs/audit.ts';
import { type EndAndHome, isBorneOut, withHomes } from './newest.ts';

/** Tasks of one call, about; items of history that are read at once, and how often. */
const MOST = 250;
const ITEMS = 5;
const PAGES = 10;

export interface Forgotten {
  readonly count: number;
  readonly more: boolean;
}

/**
 * Forgets what ended before a point of the history: the homes first, each if it is still at that end and nothing is to follow from it; then
 * history, so that a crash in between leaves ends that no home bears out. The guard of an id stays, and leads nowhere: whoever
 * enqueues the id anew takes it over.
 */
export const forgetEnds = async (
  parts: NativeParts,
  { labourer, kind, groups }: { readonly labourer: string; readonly kind: EndKind; readonly groups: readonly Row[] },
  before: string,
): Promise<Forgotten> => {
  const { requests, shelf } = parts;
  const isOld = (each: Ending): boolean => each.kind === kind && endingOrder(each) < before;
  // They leave their group later, with a write that is made anyway.
  let { count } = await forgetHomes(parts, labourer, groups.flatMap(endingsOf).filter(isOld));
  // An item lies where its newest end is.
  const to = before === LAST ? LAST : `${digits(instantIn(before) + SPAN)}${LAST}`;
  let start: Row | undefined;
  for (let pages = 0; pages < PAGES; pages += 1) {
    const page = await requests.query({
      ...keyRange(shelf.table, historyPartition(labourer, kind), FIRST, to),
      limit: ITEMS,
      ...(start && { start }),
    });
    let isLeft = false;
    for (const item of page.rows) {
      if (count >= MOST) return { count, more: true };
      const all = unpacked(item['ended']?.S ?? '', kind);
      const old = all.filter(isOld).slice(0, MOST);
      if (old.length === 0) continue;
      const { count: gone, kept } = await forgetHomes(parts, labourer, old);
      count += gone;
      const passed = new Set(old.filter((each) => !kept.has(each)));
      const rest = all.filter((each) => !passed.has(each));
      isLeft ||= passed.size > 0 && rest.some((each) => isOld(each) && !kept.has(each));
      if (passed.size > 0) await shorten(parts, item, rest);
    }
    if (isLeft) return { count, more: true };
    start = page.next;
    if (!start) return { count, more: false };
  }
  return { count, more: count > 0 };
};

/** @returns how many it was this call that forgot, and the ends that stay */
const forgetHomes = async (
  parts: NativeParts,
  labourer: string,
  endings: readonly Ending[],
): Promise<{ readonly count: number; readonly kept: ReadonlySet<Ending> }> => {
  if (endings.length === 0) return { count: 0, kept: new Set() };
  const found = await withHomes(parts, labourer, endings, true);
  const past = parts.clock.now() - LAG;
  // Of what is queued an end is written down before it comes about: it may be about to.
  const kept = found.filter((each) => (isBorneOut(each) ? isPending(each.row) : isQueued(each.row) && each.ending.at > past));
  const gone = await inLanes(
    found.filter((each) => isBorneOut(each) && !isPending(each.row)),
    (each) => forgetHome(parts, each),
  );
  return { count: gone.filter(Boolean).length, kept: new Set(kept.map(({ ending }) => ending)) };
};

/** It may have been redriven since it was read, and even have ended again: then at another instant. */
const forgetHome = async ({ requests, shelf }: NativeParts, { home, row, ending }: EndAndHome): Promise<boolean> => {
  const { kind } = await requests.delete(shelf.table, homeKey(home), (e) =>
    [`${e.name(HOME.state)} = ${e.value({ S: ending.kind })}`, `${e.name(HOME.ended)} = ${e.value(row[HOME.ended] ?? { N: '0' })}`].join(
      ' AND ',
    ),
  );
  return kind === 'done';
};

/** If nobody else has done so: then it is done again. */
const shorten = async ({ requests, shelf }: NativeParts, item: Row, rest: readonly Ending[]): Promise<void> => {
  const { pk, sk, ended } = item;
  if (!pk || !sk || !ended) return;
  if (rest.length === 0) await requests.delete(shelf.table, { pk, sk }, (e) => `${e.name('ended')} = ${e.value(ended)}`);
  else {
    const set = { ended: { S: packed(rest) } };
    await requests.update(shelf.table, { pk, sk }, { set }, (e) => `${e.name('ended')} = ${e.value(ended)}`);
  }
};
