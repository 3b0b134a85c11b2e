/** Whose turn it is. Pure. */
import type { Running } from '../../ledger/keys.ts';
import type { Candidate } from './candidate.ts';

/** C6 */
export const compareTurns = (a: Candidate, b: Candidate): number => {
  const byPriority = (b.pointer?.priority ?? 0) - (a.pointer?.priority ?? 0);
  if (byPriority !== 0) return byPriority;
  const [one, other] = [orderOfAll(a), orderOfAll(b)];
  return one < other ? -1 : one > other ? 1 : 0;
};

const orderOfAll = ({ pointer, order }: Candidate): string => (pointer?.kind ?? 'f') + order;

/** A key whose first is `list[at]`, and of which so many run by then. */
interface Line {
  readonly list: readonly Candidate[];
  readonly at: number;
  readonly runs: number;
}

/** C12 Again and again the next is taken of the key of which the fewest run. @param lists of one key each, in their order */
export const takeTurns = (lists: readonly (readonly Candidate[])[], running: Running, want: number): readonly Candidate[] => {
  const lines: Line[] = [];
  for (const list of lists) if (list.length > 0) insert(lines, { list, at: 0, runs: running.get(list[0]?.tag) ?? 0 });
  const taken: Candidate[] = [];
  while (taken.length < want) {
    const line = lines.shift();
    const one = line?.list[line.at];
    if (!line || !one) break;
    taken.push(one);
    if (line.at + 1 < line.list.length) insert(lines, { list: line.list, at: line.at + 1, runs: line.runs + 1 });
  }
  return taken;
};

const insert = (lines: Line[], line: Line): void => {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comesBefore(lines[middle], line)) low = middle + 1;
    else high = middle;
  }
  lines.splice(low, 0, line);
};

const comesBefore = (a: Line | undefined, b: Line): boolean => {
  const [one, other] = [a?.list[a.at], b.list[b.at]];
  if (!a || !one || !other) return false;
  return a.runs < b.runs || (a.runs === b.runs && compareTurns(one, other) < 0);
};

/** By their keys; those without one together. */
export const byKey = (candidates: readonly Candidate[]): readonly (readonly Candidate[])[] => {
  const lists = new Map<string | undefined, Candidate[]>();
  for (const each of candidates) {
    const list = lists.get(each.tag) ?? [];
    lists.set(each.tag, list);
    list.push(each);
  }
  return [...lists.values()];
};
