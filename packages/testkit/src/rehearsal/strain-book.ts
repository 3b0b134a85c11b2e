import type { Millis } from '@reeve/core';

/** For how long the downstream was over its limit, and for how long it was not: by the time between changes, and not by samples. */
export class StrainBook {
  #since: Millis = 0;
  #strain: number | undefined = 0;
  #under = 0;
  #over = 0;
  #stretch = 0;
  longestOver: Millis = 0;

  /** From now on it is this. */
  note(at: Millis, strain: number | undefined): void {
    const passed = at - this.#since;
    if (this.#strain !== undefined && this.#strain > 1) {
      this.#over += passed;
      this.#stretch += passed;
      this.longestOver = Math.max(this.longestOver, this.#stretch);
    } else {
      if (this.#strain !== undefined) this.#under += passed;
      if (passed > 0) this.#stretch = 0;
    }
    this.#since = at;
    this.#strain = strain;
  }

  get shareUnder(): number {
    const known = this.#under + this.#over;
    return known === 0 ? 1 : this.#under / known;
  }
}
