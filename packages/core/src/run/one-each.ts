import { ReeveError } from '../errors.ts';

/**
 * The answers of a store, one for each that was asked, in the same order. With fewer, nobody knows which is whose: to take the
 * missing ones for one thing or the other would lose a task.
 * @throws ReeveError STORE_BROKE_CONTRACT
 */
export const oneEach = <T>(verb: string, asked: number, answers: readonly T[]): readonly T[] => {
  if (answers.length === asked) return answers;
  throw new ReeveError({
    kind: 'contract',
    code: 'STORE_BROKE_CONTRACT',
    message: `${verb}: the store was asked for ${asked} and answered ${answers.length}; run the kit of @reeve/testkit against it`,
  });
};
