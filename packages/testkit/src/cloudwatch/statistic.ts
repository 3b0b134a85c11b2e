type Fold = (values: readonly number[]) => number;

const sum: Fold = (values) => values.reduce((total, each) => total + each, 0);

const FOLDS: Readonly<Record<string, Fold>> = {
  Average: (values) => sum(values) / values.length,
  Sum: sum,
  Minimum: (values) => Math.min(...values),
  Maximum: (values) => Math.max(...values),
  SampleCount: (values) => values.length,
};

/** How a statistic makes one value of all that were measured in a period. `undefined`: there is no such statistic. */
export const foldOf = (statistic: string): Fold | undefined => {
  const percent = Number(/^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(statistic)?.[1] ?? Number.NaN);
  if (percent >= 0 && percent <= 100) return percentile(percent / 100);
  return Object.hasOwn(FOLDS, statistic) ? FOLDS[statistic] : undefined;
};

/** Between the two nearest, as far as their ranks go. */
const percentile =
  (share: number): Fold =>
  (values) => {
    const sorted = values.toSorted((a, b) => a - b);
    const place = share * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return below + (above - below) * (place - Math.floor(place));
  };
