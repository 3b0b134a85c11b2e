/** How long what ends soon may take: for ever would be longer. */
const SOON = 5_000;

/** @throws Error if it has not ended soon */
export const soon = async <Value>(what: string, promise: Promise<Value>): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${SOON} ms`)), SOON);
  });
  try {
    return await Promise.race([promise, tooLong]);
  } finally {
    clearTimeout(timer);
  }
};

/** Looks until it is so. @throws Error if it is not so soon */
export const until = async (what: string, isSo: () => boolean): Promise<void> => {
  const last = performance.now() + SOON;
  while (!isSo()) {
    if (performance.now() > last) throw new Error(`${what}: not within ${SOON} ms`);
    await new Promise((resolve) => setImmediate(resolve));
  }
};
