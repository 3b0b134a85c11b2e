import { CountingChance } from '../counting-chance.ts';

/** Chance of one part of a simulation: the same for the same seed and name, whatever the other parts draw. */
export class Stream extends CountingChance {
  readonly #name: string;

  /** @param name at most 30 letters, digits and `-`: part of every id */
  constructor(seed: number, name: string) {
    super(mix(`${seed}/${name}`));
    this.#name = name;
  }

  override id(): string {
    return `${this.#name}-${super.id().slice('id-'.length)}`;
  }

  /** True with this probability. Draws nothing where there is nothing to draw, so that a fault that is off costs no chance. */
  happens(probability: number): boolean {
    return probability > 0 && this.random() < probability;
  }

  /** A whole number from 0 up to and without `end`. */
  below(end: number): number {
    return Math.floor(this.random() * end);
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** How long until the next of something that comes every `mean` milliseconds on the average, without memory. At least 1. */
  wait(mean: number): number {
    return Math.max(1, Math.round(-Math.log(1 - this.random()) * mean));
  }

  /** One of the names, each as often as its weight says. Undefined if all weights are 0. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name | undefined {
    const entries = Object.entries(weights) as [Name, number][];
    let left = this.random() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) {
      if (left < weight) return name;
      left -= weight;
    }
    return undefined;
  }
}

/** "FNV-1a" by Glenn Fowler, Landon Curt Noll and Kiem-Phong Vo, 32 bits: public domain. */
export const mix = (text: string, from: number = 0x811c9dc5): number => {
  let hash = from;
  for (let n = 0; n < text.length; n += 1) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  return hash >>> 0;
};
