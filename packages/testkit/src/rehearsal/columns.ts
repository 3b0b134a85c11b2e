import type { Moment } from './moment.ts';

/** What a plot shows of some moments that fall into one of its columns. */
export interface Column {
  readonly at: number;
  readonly queue: number;
  readonly running: number;
  readonly cap: number;
  readonly health: number;
  /** Completed in a second. */
  readonly throughput: number;
  /** The hardest. Undefined: it was down all the time. */
  readonly strain: number | undefined;
}

/** So many columns, or as many as there are moments, if that is less. What is bad is not averaged away. */
export const columnsOf = (series: readonly Moment[], most: number): readonly Column[] => {
  const count = Math.min(most, series.length);
  return Array.from({ length: count }, (_, n) => {
    const [from, to] = [Math.floor((n * series.length) / count), Math.floor(((n + 1) * series.length) / count)];
    const part = series.slice(from, to);
    const at = series[from]?.at ?? 0;
    const end = series[to]?.at ?? at + stepOf(series) * part.length;
    const strains = part.flatMap(({ strain }) => strain ?? []);
    return {
      at,
      queue: Math.max(...part.map(({ queue }) => queue)),
      running: mean(part.map(({ running }) => running)),
      cap: mean(part.map(({ cap }) => cap)),
      health: Math.min(...part.map(({ health }) => health)),
      throughput: (1000 * part.reduce((sum, { completed }) => sum + completed, 0)) / Math.max(1, end - at),
      strain: strains.length === 0 ? undefined : Math.max(...strains),
    };
  });
};

const stepOf = (series: readonly Moment[]): number => Math.max(1, (series[1]?.at ?? 0) - (series[0]?.at ?? 0));

const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;
