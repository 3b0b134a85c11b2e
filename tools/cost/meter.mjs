// Adds up what requests cost, by the stage of a task's life during which they were made.

/**
 * @typedef {object} Sum
 * @property {number} calls
 * @property {number} wcu write request units
 * @property {number} rcu read request units
 * @property {number} capWcu the part of `wcu` that keeps the cap: writes to the items that count places
 * @property {number} lost writes whose condition did not hold; they cost all the same
 */

/** @returns {Sum} */
const nothing = () => ({ calls: 0, wcu: 0, rcu: 0, capWcu: 0, lost: 0 });

/** @param {readonly Sum[]} sums @returns {Sum} */
export const total = (sums) =>
  sums.reduce(
    (all, one) => ({
      calls: all.calls + one.calls,
      wcu: all.wcu + one.wcu,
      rcu: all.rcu + one.rcu,
      capWcu: all.capWcu + one.capWcu,
      lost: all.lost + one.lost,
    }),
    nothing(),
  );

export class Meter {
  /** @type {Map<string, Sum>} */
  #stages = new Map();
  #stage = 'before';

  /**
   * Books what `work` requests under a stage. One at a time: stages do not nest or overlap.
   * @template T
   * @param {string} stage
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async during(stage, work) {
    const before = this.#stage;
    this.#stage = stage;
    try {
      return await work();
    } finally {
      this.#stage = before;
    }
  }

  /** @param {Partial<Sum>} request */
  add(request) {
    this.#stages.set(this.#stage, total([this.#stages.get(this.#stage) ?? nothing(), { ...nothing(), calls: 1, ...request }]));
  }

  /** @returns {readonly (Sum & { stage: string })[]} what was measured with `during`, in the order of first use */
  stages() {
    return [...this.#stages].filter(([stage]) => stage !== 'before').map(([stage, sum]) => ({ stage, ...sum }));
  }
}
