import type { Chance } from '@reeve/core';

/** Chance that is the same every time: counted ids, and numbers from a seed. */
export class CountingChance implements Chance {
  #count = 0;
  #state: number;

  constructor(seed: number = 1) {
    this.#state = seed >>> 0;
  }

  /** 'id-000001', 'id-000002', ... */
  id(): string {
    this.#count += 1;
    return `id-${String(this.#count).padStart(6, '0')}`;
  }

  /** "mulberry32", a generator of 32 bits of state by Tommy Ettinger, 2017: public domain. */
  random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}
