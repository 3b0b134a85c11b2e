interface Mark {
  readonly handled: number;
  readonly at: number;
}

/** When the first fifth is done, all code is warm. */
const COLD = 0.2;

/**
 * The rate from the moment a fifth was done.
 * @param marks of each process: so many handled there, and when, in nanoseconds
 * @param done tasks handled in all
 * @param end when the last of them had ended
 * @returns tasks/s; undefined if the marks are too few to tell
 */
export const steadyRate = (marks: readonly (readonly Mark[])[], done: number, end: number): number | undefined => {
  const steps = marks
    .flatMap((own) => own.map(({ handled, at }, n) => ({ at, more: handled - (own[n - 1]?.handled ?? 0) })))
    .sort((a, b) => a.at - b.at);
  let handled = 0;
  for (const { at, more } of steps) {
    handled += more;
    if (handled >= COLD * done) return handled < done && end > at ? (done - handled) / ((end - at) / 1e9) : undefined;
  }
  return undefined;
};
