/** Lets calls wait, and says when so many do. */
export const gate = () => {
  let release!: () => void;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const watchers: { readonly count: number; readonly tell: () => void }[] = [];
  let waiting = 0;
  return {
    release: (): void => release(),
    /** One more call waits, until release. */
    pass: (): Promise<void> => {
      waiting += 1;
      for (const { count, tell } of watchers) if (waiting >= count) tell();
      return released;
    },
    reached: (count: number): Promise<void> =>
      new Promise((resolve) => {
        if (waiting >= count) resolve();
        else watchers.push({ count, tell: resolve });
      }),
  };
};
