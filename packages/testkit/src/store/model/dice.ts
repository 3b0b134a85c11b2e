import { CountingChance } from '../../counting-chance.ts';

/** Draws, the same for the same seed. */
export class Dice {
  readonly #chance: CountingChance;

  constructor(seed: number) {
    this.#chance = new CountingChance(seed);
  }

  /** A whole number from 0 up to, and without, the end. */
  below(end: number): number {
    return Math.floor(this.#chance.random() * end);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  some<T>(most: number, make: () => T): readonly T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }
}
