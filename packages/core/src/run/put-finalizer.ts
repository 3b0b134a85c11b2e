import type { NewTask } from '../domain/task.ts';
import { ReeveError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { Doorbell } from './doorbell.ts';
import { type Events, taskOf } from './events.ts';
import { inTime } from './in-time.ts';
import { oneEach } from './one-each.ts';

export interface PutParts {
  readonly store: Pick<TaskStore, 'enqueue'>;
  readonly clock: Clock;
  readonly events: Events;
  readonly doorbell: Doorbell;
}

/**
 * Enqueues what runs when many have ended.
 * @param failed is told if the store will never take it: it is not tried for ever
 */
export const putFinalizer = async (
  { store, clock, events, doorbell }: PutParts,
  task: NewTask,
  failed: (error: unknown) => void,
): Promise<void> => {
  try {
    const [outcome] = oneEach('enqueue', 1, await inTime(clock, 'enqueue', () => store.enqueue([task])));
    if (outcome === 'created') events.emit('task.enqueued', taskOf(task));
    doorbell.ring(task.labourer);
  } catch (error) {
    if (!ReeveError.is(error) || error.kind !== 'input') throw error;
    failed(error);
  }
};
