import type { Lease } from '@reeve/core';
import { scriptOf } from '../client/scripts.ts';
import { EXPIRED } from '../lua/many.ts';
import { lookAt } from '../reading/look.ts';
import { toLease } from '../records.ts';
import { groupBy, inPages, ofEach, type Parts } from './parts.ts';

const SCRIPT = scriptOf('expired', EXPIRED);

interface Found {
  readonly labourer: string;
  readonly id: string;
  readonly deadline: number;
}

/** The oldest are chosen by their deadlines alone, so that payloads are read of the chosen only. */
export const expired = async (parts: Parts, labourers: readonly string[], limit: number): Promise<readonly Lease[]> => {
  if (limit <= 0) return [];
  const names = [...new Set(labourers)];
  const keysOf = (labourer: string): readonly string[] => {
    const { leases, overdue, order, meta, heads, turns } = parts.keys.of(labourer);
    return [leases, overdue, order, meta, heads, turns];
  };
  const answers = await ofEach<readonly string[]>(parts, SCRIPT, names, keysOf, [limit]);
  const found = answers.flatMap((pairs, n) =>
    inPages(pairs, 2).map(([id, deadline]) => ({ labourer: names[n]!, id: id!, deadline: Number(deadline) })),
  );
  const oldest = found.sort((a, b) => a.deadline - b.deadline).slice(0, limit);
  const leases = new Map<Found, Lease>();
  const readOwn = async (labourer: string, own: readonly Found[]): Promise<void> => {
    const stored = await lookAt(
      parts,
      labourer,
      own.map(({ id }) => id),
    );
    own.forEach((each, n) => {
      const { overdue, task } = stored[n]!;
      if (overdue !== null && task !== null) leases.set(each, toLease(each, overdue, task)); // else it has been settled meanwhile
    });
  };
  await Promise.all([...groupBy(oldest, ({ labourer }) => labourer)].map(([labourer, own]) => readOwn(labourer, own)));
  return oldest.flatMap((each) => leases.get(each) ?? []);
};
