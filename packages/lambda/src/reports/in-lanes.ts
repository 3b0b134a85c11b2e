/** Runs a job for each item, at most so many at once. Answers in their order; none of them stops another. */
export const inLanes = async <Item, Answer>(
  items: readonly Item[],
  lanes: number,
  job: (item: Item) => Promise<Answer>,
): Promise<readonly PromiseSettledResult<Answer>[]> => {
  const answers: PromiseSettledResult<Answer>[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      // One that throws before its first await is as one that rejects.
      const [answer] = await Promise.allSettled([(async () => job(items[at] as Item))()]);
      answers[at] = answer;
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  return answers;
};
