import { BatchBook, Doorbell, Events, Follower } from '@reeve/core';
import { isWhole } from '../store/whole.ts';
import { atIntervals, type ServiceMaker } from './services.ts';
import type { World } from './world.ts';

/** How often it looks, in virtual milliseconds, and how many ends it takes at a time. */
const EVERY = 3_000;
const PAGE = 4;

/** A process that does what follows the end of a task, and takes the end out: at least once, whatever crashes. */
export const following =
  (world: World): ServiceMaker =>
  (life) => {
    const store = world.connect(life);
    if (!isWhole(store)) return {};
    const common = { labourers: world.labourers, clock: life.workClock, events: new Events(), doorbell: new Doorbell() };
    common.events.on('follow.failed', ({ id, error }) => {
      // A store that lost its last writes may have lost the batch and kept its members.
      if (Number.isFinite(world.works.rolledBackAt) && (world.options.batches ?? 0) > 0) return;
      world.violations.add('outbox', `what follows ${id} could not be done: ${String(error)}`);
    });
    const register = world.planted.wrapRegister?.(store, world.scheduler) ?? store;
    const shelf = { ...common, register, store, chance: life.chance };
    const book = world.planted.makeBook?.(shelf) ?? new BatchBook(shelf);
    const follower = new Follower({ ...common, store, outbox: store, book, page: PAGE });
    return atIntervals(world, life.workClock, EVERY, life.chance, async () => {
      // Not to be reached: the ends are still there the next time.
      await follower.round().catch(() => {});
    });
  };
