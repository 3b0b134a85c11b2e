import { payloadOf } from './payload-of.ts';
import { bytesOf, canonicalOf, type Tree } from './tree.ts';
import type { Group } from './walk.ts';

export interface Count {
  readonly total: number;
  readonly largest: number;
  /** Two tasks may have the same payload. */
  readonly repeats: boolean;
}

/** Counts what groups come to, and how long their longest payload is, without making a payload. */
export const countOf = ({ task, batches }: Group): Count => {
  if (!batches) return { total: 1, largest: bytesOf(payloadOf(task)), repeats: false };
  const { name, values, size } = batches;
  let [longest, batch, n] = [0, 0, 0];
  for (const item of values.items) {
    // The items, each with the comma after it that all but the last have.
    batch += bytesOf(item) + 1;
    n += 1;
    if (batch > longest) longest = batch;
    if (n % size === 0) batch = 0;
  }
  return {
    total: totalOf({ batches }),
    largest: bytesOf(payloadOf(new Map(task).set(name, []))) + longest - 1,
    repeats: !values.distinct && hasRepeats(values.items),
  };
};

type Counted = { readonly batches?: Group['batches'] | undefined };

/** How many tasks a group makes. */
export const totalOf = ({ batches }: Counted): number => (batches ? Math.ceil(batches.values.count / batches.size) : 1);

const hasRepeats = (items: Iterable<Tree>): boolean => {
  const met = new Set<string>();
  for (const item of items) {
    const text = canonicalOf(item);
    if (met.has(text)) return true;
    met.add(text);
  }
  return false;
};
