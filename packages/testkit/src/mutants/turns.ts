/** What may be wrong with the turns that keys take. */
import { choosing, inTurns } from './choosing.ts';
import type { StoreMutant } from './twist.ts';

export const turnMutants: readonly StoreMutant[] = [
  choosing('takes in the order of C6 whatever is not full', 'C12', (situation) => inTurns(situation, { runs: () => 0 })),
  choosing('gives turns by what this claim took, whatever runs already', 'C12', (situation) =>
    inTurns(situation, { runs: (key, taken) => taken.filter((each) => each.key === key).length }),
  ),
  choosing('gives turns by what ran before, whatever this claim took', 'C12', (situation) =>
    inTurns(situation, { runs: (key) => situation.running.get(key) ?? 0 }),
  ),
  choosing('looks at the first hundred that are due', 'C12', (situation) => inTurns({ ...situation, due: situation.due.slice(0, 100) })),
  choosing('looks at the first hundred keys', 'C12', (situation) => {
    const keys = new Set([...new Set(situation.due.map(({ key }) => key))].slice(0, 100));
    return inTurns({ ...situation, due: situation.due.filter(({ key }) => keys.has(key)) });
  }),
  choosing('waits for the first task of all though its key is full', 'C12', (situation) => {
    const [head] = situation.due;
    const isFull = head?.key !== undefined && (situation.running.get(head.key) ?? 0) >= situation.perKey;
    return isFull ? [] : inTurns(situation);
  }),
  choosing('lets priorities go before turns', 'C12', (situation) => inTurns(situation, { compare: (a, b) => b.priority - a.priority })),
  choosing('gives turns in the order of the names of keys', 'C12', (situation) =>
    inTurns({ ...situation, due: [...situation.due].sort((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1)) }),
  ),
  choosing('gives every task without a key a turn of its own', 'C12', (situation) =>
    inTurns(situation, {
      runs: (key, taken) => (key === undefined ? 0 : (situation.running.get(key) ?? 0) + taken.filter((each) => each.key === key).length),
    }),
  ),
  choosing('takes tasks without a key when there is no other', 'C12', (situation) =>
    inTurns(situation, { compare: (a, b) => Number(a.key === undefined) - Number(b.key === undefined) }),
  ),
  choosing('answers in the order of C6 what it took by turns', 'C12', (situation) => {
    const taken = inTurns(situation);
    return situation.due.filter((each) => taken.includes(each));
  }),
];
