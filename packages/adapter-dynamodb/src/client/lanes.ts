/** How many requests of one call are under way at once: what a connection pool of a client by default takes. */
const LANES = 48;

/**
 * Does the same with each, so many at a time, and answers in order. If one fails, the others are finished before the first
 * failure is thrown: nothing goes on behind the caller's back.
 */
export const inLanes = async <T, R>(items: readonly T[], work: (item: T, at: number) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const at = next;
      next += 1;
      try {
        results[at] = await work(items[at] as T, at);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
  return results;
};
