import { boundText, type Outcome, type Verdict } from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import type { Row } from '../client/requests.ts';
import type { Hints } from '../ledger/hints.ts';
import { isItemTooLarge } from '../tables/dynamodb-fault.ts';
import { tooLarge } from './check-results.ts';

/** What became of a verdict, and what may leave the ledger now. */
export interface Decided<Leaving> {
  readonly outcome: Outcome;
  readonly leaving?: Leaving;
}

/** What a layout does of it. */
export interface Deciding<Leaving> {
  /** @param isTight the item is full: an error takes the place of those before it */
  readonly decide: (verdict: Verdict, isTight: boolean) => Promise<Decided<Leaving>>;
  /** Gives a labourer's places back. @param also what is to be changed in the same write */
  readonly leave: (labourer: string, leaving: readonly Leaving[], also?: Row) => Promise<void>;
  readonly hints: Hints;
}

/** Each verdict is decided by itself; then the places of one labourer are given back together. */
export const decideAll = async <Leaving>(verdicts: readonly Verdict[], deciding: Deciding<Leaving>): Promise<readonly Outcome[]> => {
  const decided: Decided<Leaving>[] = [];
  const failures: unknown[] = [];
  // Two verdicts on one attempt in a call: the first wins, so the second has to come after it.
  for (const round of roundsOf(verdicts)) {
    await inLanes(round, async (at) => {
      try {
        decided[at] = await decideWhole(verdicts[at] as Verdict, deciding);
      } catch (error) {
        failures.push(error);
      }
    });
  }
  // Also when one of them failed: the places of the others are free.
  await leaveAll(verdicts, decided, deciding);
  if (failures.length > 0) throw failures[0];
  return decided.map(({ outcome }) => outcome);
};

/** Places in the list of verdicts; no task twice in one round. */
const roundsOf = (verdicts: readonly Verdict[]): readonly (readonly number[])[] => {
  const rounds: number[][] = [];
  const seen = new Map<string, number>();
  verdicts.forEach(({ id }, at) => {
    const round = seen.get(id) ?? 0;
    seen.set(id, round + 1);
    rounds[round] = [...(rounds[round] ?? []), at];
  });
  return rounds;
};

/** Characters of an error's text that any item that was claimed has room for: `SPARE` of candidates.ts. */
export const SHORT = 256;

/** An item may be so full that the text of an error does not fit. It must not keep the task from its end: then the text is cut, and the only one. */
const decideWhole = async <Leaving>(verdict: Verdict, { decide }: Deciding<Leaving>): Promise<Decided<Leaving>> => {
  try {
    return await decide(verdict, false);
  } catch (error) {
    if (!isItemTooLarge(error)) throw error;
    if (verdict.kind !== 'retry' && verdict.kind !== 'dead') throw tooLarge(verdict, error);
    return decide({ ...verdict, error: boundText(verdict.error, SHORT) }, true);
  }
};

const leaveAll = async <Leaving>(
  verdicts: readonly Verdict[],
  decided: readonly Decided<Leaving>[],
  { hints, leave }: Deciding<Leaving>,
): Promise<void> => {
  const labourers = new Set(verdicts.filter((_, at) => decided[at]?.leaving).map(({ labourer }) => labourer));
  await Promise.all(
    [...labourers].map((labourer) => {
      const own = verdicts.map((_, at) => at).filter((at) => verdicts[at]?.labourer === labourer && decided[at]?.leaving);
      const isQueuedAgain = own.some((at) => verdicts[at]?.kind === 'retry' || verdicts[at]?.kind === 'released');
      const leaving = own.map((at) => decided[at]?.leaving).filter((each) => each !== undefined);
      const write = (also?: Row): Promise<void> => leave(labourer, leaving, also);
      return isQueuedAgain ? hints.saying(labourer, write) : write();
    }),
  );
};
