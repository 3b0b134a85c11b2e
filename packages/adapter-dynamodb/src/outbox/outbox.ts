/**
 * The ends that something is to follow: the rows themselves, which stay in the index behind all that is queued or runs (verbs/ending.ts). So
 * an end is there by the write that made it.
 */
import type { End, EndRef, JsonText } from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import type { Row } from '../client/requests.ts';
import { ENDS_FROM, ENDS_TO, type Grains, grainsOf, secondsOf } from '../codec/greenfield.ts';
import { hasMark } from '../ledger/marks.ts';
import { OURS } from '../rows/attributes.ts';
import { endOf } from '../rows/read-row.ts';
import { keptUntil } from '../verbs/close.ts';
import { rangeOf } from '../verbs/look.ts';
import type { Parts } from '../verbs/parts.ts';

/** The most rows of one query. */
const PAGE = 1_000;

/** One read for all labourers, and a query for each of those that ever had a task that something follows from. */
export const outbox = async (parts: Parts, labourers: readonly string[], limit: number): Promise<readonly End[]> => {
  const names = [...new Set(labourers)].filter((each) => each !== '');
  if (names.length === 0 || limit <= 0) return [];
  const firsts = await parts.ledger.firsts(names);
  const marked = names.filter((_, at) => hasMark(firsts[at], 'follow'));
  const found = (await inLanes(marked, (each) => endsOf(parts, each, limit))).flat();
  found.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
  return found.slice(0, limit).map(({ end }) => end);
};

interface Placed {
  readonly end: End;
  readonly place: Grains;
}

const endsOf = async ({ requests, layout }: Parts, labourer: string, limit: number): Promise<readonly Placed[]> => {
  const ends: Placed[] = [];
  let start: Row | undefined;
  do {
    const page = await requests.query({
      ...rangeOf(layout, labourer, ENDS_FROM, ENDS_TO),
      limit: Math.min(limit, PAGE),
      ...(start && { start }),
    });
    for (const row of page.rows) {
      const over = endOf(row, layout);
      const follow = row[OURS.follow]?.S as JsonText | undefined;
      if (!over || follow === undefined || row[OURS.ended] === undefined) continue;
      const result = over.state === 'completed' ? (row[OURS.result]?.S as JsonText | undefined) : undefined;
      const end = { labourer, id: layout.idOf(row), ...over, follow, ...(result !== undefined && { result }) };
      ends.push({ end, place: grainsOf(layout.greenfieldOf(row) ?? '0') });
    }
    start = page.next;
  } while (start && ends.length < limit);
  return ends;
};

/**
 * One conditional write each: it holds only for this very end, and lets the row be forgotten as any other. A redrive that comes before it
 * has taken the end out; one that comes after it finds an ended task.
 */
export const takeOut = async (parts: Parts, ends: readonly EndRef[]): Promise<void> => {
  const { requests, layout } = parts;
  const { fields, tables } = layout;
  await inLanes(ends, async ({ labourer, id, endedAt }) => {
    if (id === '') return; // no key of DynamoDB's
    // What is forgotten at once may go at once: it has been kept for what was to follow.
    const set = { [fields.closed_at]: { N: secondsOf(endedAt) }, ...keptUntil(parts, endedAt) };
    await requests.update(tables.tasks, layout.taskKey(id), { set, remove: [fields.greenfield, OURS.ended] }, (e) =>
      [`${e.name(OURS.ended)} = ${e.value({ N: String(endedAt) })}`, `${e.name(fields.labourer_id)} = ${e.value({ S: labourer })}`].join(
        ' AND ',
      ),
    );
  });
};
