import type { Package } from './find-packages.ts';

/** Packages that are summed up together, as soon as each of them has been inspected. */
export interface Portion {
  /** The id of its task. It follows from the work list, so whoever enqueues it again enqueues nothing new. */
  readonly id: string;
  readonly packages: readonly string[];
}

const SIZE = 25;

export const portionsOf = (packages: readonly Package[], size: number = SIZE): readonly Portion[] =>
  Array.from({ length: Math.ceil(packages.length / size) }, (_, n) => ({
    id: `sum-up ${n + 1}`, // without an @, unlike the id of a package
    packages: packages.slice(n * size, (n + 1) * size).map(({ id }) => id),
  }));
