import type { End, EndRef, JsonText } from '@reeve/core';
import { scriptOf } from '../client/scripts.ts';
import { OUTBOX, OUTBOX_ENTRIES, TAKE_OUT } from '../lua/outbox.ts';
import { toEnd } from '../records.ts';
import { groupBy, inPages, ofEach, type Parts } from './parts.ts';

const SCRIPTS = { outbox: scriptOf('outbox', OUTBOX), entries: scriptOf('outbox', OUTBOX_ENTRIES), takeOut: scriptOf('takeOut', TAKE_OUT) };

/** Results may be long: so many are read in a call. */
const PAGE = 50;
const PAGE_OF_REFS = 500;

/** The oldest are chosen by their instants alone, so that results are read of the chosen only. */
export const outbox = async (parts: Parts, labourers: readonly string[], limit: number): Promise<readonly End[]> => {
  if (limit <= 0) return [];
  const names = [...new Set(labourers)];
  const keysOf = (labourer: string): readonly string[] => {
    const { ends, ended } = parts.keys.of(labourer);
    return [ends, ended];
  };
  const answers = await ofEach<readonly string[]>(parts, SCRIPTS.outbox, names, keysOf, [limit]);
  const found = names.flatMap((labourer, n) =>
    inPages(answers[n] ?? [], 2).map(([id = '', at = '']): EndRef => ({ labourer, id, endedAt: Number(at) })),
  );
  // Sorting keeps the order of those that ended at one instant.
  const oldest = found.sort((a, b) => a.endedAt - b.endedAt).slice(0, limit);
  const ends = new Map<EndRef, End>();
  const readOwn = async (labourer: string, own: readonly EndRef[]): Promise<void> => {
    for (const page of inPages(own, PAGE)) {
      const entries = await entriesOf(
        parts,
        labourer,
        page.map(({ id }) => id),
      );
      for (const [n, ref] of page.entries()) {
        const [ended, follow] = entries[n] ?? [];
        const end = ended && follow ? toEnd(ref, ended, follow as JsonText) : undefined;
        if (end) ends.set(ref, end); // else it was taken out, or is queued again, meanwhile
      }
    }
  };
  await Promise.all([...groupBy(oldest, ({ labourer }) => labourer)].map(([labourer, own]) => readOwn(labourer, own)));
  return oldest.flatMap((each) => ends.get(each) ?? []);
};

const entriesOf = async (
  { keys, scripts }: Parts,
  labourer: string,
  ids: readonly string[],
): Promise<readonly (readonly (string | null)[])[]> => {
  const { ends, ended, notes } = keys.of(labourer);
  return inPages((await scripts.read(SCRIPTS.entries, [ends, ended, notes], ids)) as readonly (string | null)[], 2);
};

export const takeOut = async ({ keys, scripts }: Parts, refs: readonly EndRef[]): Promise<void> => {
  const takeOwn = async (labourer: string, own: readonly EndRef[]): Promise<void> => {
    const { ends, ended, notes } = keys.of(labourer);
    for (const page of inPages(own, PAGE_OF_REFS)) {
      const args = page.flatMap(({ id, endedAt }) => [id, endedAt]);
      await scripts.write(SCRIPTS.takeOut, [ends, ended, notes], args);
    }
  };
  await Promise.all([...groupBy(refs, ({ labourer }) => labourer)].map(([labourer, own]) => takeOwn(labourer, own)));
};
