import type { DownstreamModel } from './model.ts';

export interface DatabaseOptions {
  /** How many it works at side by side: its cores, or its pool of connections. The others wait in their order. */
  readonly capacity: number;
  /** How much each one waits for each other, as a share of its own time: locks, a log. Default 0. */
  readonly contention?: number;
  /** How much each pair costs all, as a share: what has to be kept in agreement. It makes throughput fall beyond its peak. Default 0. */
  readonly coherency?: number;
  /** From so many on it refuses. Default 5 for each of its capacity. */
  readonly connections?: number;
}

/**
 * A database that slows with load: a queue before `capacity` servers (M/M/c where arrivals and service are exponential: L. Kleinrock,
 * "Queueing Systems" 1, 1975), whose service stretches with what is there by the Universal Scalability Law (N. J. Gunther, "Guerrilla
 * Capacity Planning", 2007): 1 + contention (n - 1) + coherency n (n - 1).
 *
 * Its limit is the most attempts at which one takes no more than twice as long as alone, on the average, or the last before it refuses.
 */
export const database =
  ({ capacity, contention = 0, coherency = 0, connections = 5 * capacity }: DatabaseOptions): DownstreamModel =>
  () => {
    const stretch = (n: number): number => 1 + contention * (n - 1) + coherency * n * (n - 1);
    const slowness = (n: number): number => Math.max(1, n / capacity) * stretch(n);
    let limit = 1;
    while (limit < connections && slowness(limit + 1) <= 2) limit += 1;
    const freeAt = new Array<number>(Math.max(1, Math.round(capacity))).fill(0);
    return {
      serve: ({ at, running }, alone) => {
        if (running >= connections) return { took: REFUSES_IN, failure: { error: 'TooManyConnections: the database takes no more' } };
        let first = 0;
        for (let n = 1; n < freeAt.length; n += 1) if ((freeAt[n] as number) < (freeAt[first] as number)) first = n;
        const done = Math.max(at, freeAt[first] as number) + alone * stretch(running + 1);
        freeAt[first] = done;
        return { took: done - at };
      },
      metrics: ({ at, running }) => {
        const busy = freeAt.filter((each) => each > at).length;
        return { cpu: (100 * busy) / freeAt.length, connections: running, waiting: Math.max(0, running - capacity) };
      },
      strain: ({ running }) => running / limit,
    };
  };

const REFUSES_IN = 5;
