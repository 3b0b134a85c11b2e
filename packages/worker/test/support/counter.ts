/** A function that counts its calls. */
export const counter = (): (() => number) & { times: number } => {
  const counted = Object.assign(
    () => {
      counted.times += 1;
      return counted.times;
    },
    { times: 0 },
  );
  return counted;
};
