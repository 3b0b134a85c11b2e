import { inLanes } from './lanes.ts';

/** Each on its own; two of one task in a call come one after the other. */
export const eachInTurn = async <K extends { readonly id: string }, T>(
  keys: readonly K[],
  work: (key: K, at: number) => Promise<T>,
): Promise<readonly T[]> => {
  const answers: T[] = [];
  const rounds: number[][] = [];
  const seen = new Map<string, number>();
  for (const [at, { id }] of keys.entries()) {
    const round = seen.get(id) ?? 0;
    seen.set(id, round + 1);
    rounds[round] = [...(rounds[round] ?? []), at];
  }
  for (const round of rounds) {
    await inLanes(round, async (at) => {
      answers[at] = await work(keys[at] as K, at);
    });
  }
  return answers;
};
