import { BatchBook, Batches, type BatchItem, Doorbell, type Enqueuer, Events, type NewBatch, ReeveError } from '@reeve/core';
import type { Store } from '../store/bench.ts';
import { isWhole } from '../store/whole.ts';
import type { Life } from './node.ts';
import { KEYS, PAYLOADS } from './payloads.ts';
import { Stream } from './stream.ts';
import { within } from './within.ts';
import type { World } from './world.ts';

interface Order extends NewBatch {
  readonly id: string;
  /** When it is to be enqueued, in milliseconds from the beginning. */
  readonly at: number;
}

export interface OrderingParts {
  readonly store: Store;
  readonly enqueuer: Enqueuer;
}

/** Who wants batches done: what was not confirmed is enqueued again, by the same id and with the same items. */
export class Ordering {
  readonly #world: World;
  readonly #orders: readonly Order[];
  readonly #confirmed = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    const count = isWhole(world.lineage.store) ? (world.options.batches ?? 0) : 0;
    this.#orders = Array.from({ length: count }, (_, number) => orderOf(world, number));
  }

  get allConfirmed(): boolean {
    return this.#confirmed.size === this.#orders.length;
  }

  /** A process sees to every so-many-th of them. */
  order(life: Life, { store, enqueuer }: OrderingParts, share: number, of: number): void {
    const mine = this.#orders.filter(({ id }, number) => number % of === share && !this.#confirmed.has(id));
    if (mine.length === 0 || !isWhole(store)) return;
    const { workClock: clock, chance } = life;
    const book = new BatchBook({ register: store, store, clock, chance, events: new Events(), doorbell: new Doorbell() });
    const batches = new Batches({ labourers: this.#world.labourers, enqueuer, book, chance });
    for (const each of mine) void this.#insist(life, batches, each);
  }

  async #insist(life: Life, batches: Batches, { at, ...batch }: Order): Promise<void> {
    const { scheduler, history } = this.#world;
    await life.workClock.sleep(Math.max(0, history.start + at - scheduler.now()));
    this.#world.batches.ordered(batch.id, batch.items.length);
    for (let tries = 1; ; tries += 1) {
      try {
        await within(life.workClock, batches.enqueueBatch(batch));
        this.#confirmed.add(batch.id);
        return;
      } catch (error) {
        if (ReeveError.is(error) && error.kind !== 'unavailable') throw error;
        await life.workClock.sleep(200 * Math.min(tries, 20));
      }
    }
  }
}

const orderOf = ({ seed, options, labourers }: World, number: number): Order => {
  const draw = new Stream(seed, `batch-${number}`);
  const names = labourers.map(({ id }) => id);
  const item = (): BatchItem => ({
    labourer: draw.pick(names),
    payload: draw.pick(PAYLOADS),
    ...(draw.happens(options.urgent ?? 0) && { priority: draw.below(10) }),
    ...(draw.happens(options.keyed ?? 0) && { key: draw.pick(KEYS) }),
    ...(draw.happens(options.hasty ?? 0) && { expireAfter: draw.between(1, 15_000) }),
    ...(draw.happens(0.2) && { delay: draw.below(10_000) }),
  });
  return {
    id: `batch-${number}`,
    at: draw.below((options.safety * 2) / 3),
    // Now and then none at all.
    items: Array.from({ length: draw.below(6) }, item),
    finalizer: { labourer: draw.pick(names), payload: draw.pick(PAYLOADS) },
  };
};
