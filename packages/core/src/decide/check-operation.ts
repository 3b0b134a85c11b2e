import type { TaskKey } from '../domain/task.ts';
import type { Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import { checkLabourer } from './check-labourer.ts';
import { checkTaskId } from './check-task.ts';

/**
 * A task as an operator names it.
 * @param place what comes before the field in messages: "keys[3]."
 * @throws ReeveError UNKNOWN_LABOURER, INVALID_TASK_ID
 */
export const checkTaskKey = (key: TaskKey, known: ReadonlySet<string>, place: string): TaskKey => {
  const { labourer, id } = typeof key === 'object' && key !== null ? key : ({} as Partial<TaskKey>);
  return { labourer: checkLabourer(labourer, known, place), id: checkTaskId(id, place) };
};

/** A longer one is a mistake, and no store could name its instant. */
const LONGEST_WAIT: Millis = 100 * 366 * 24 * 60 * 60_000;

/**
 * A wait in whole milliseconds, rounded up.
 * @throws ReeveError INVALID_DUE
 */
export const checkWait = (wait: unknown, field: string): Millis => {
  if (typeof wait === 'number' && wait >= 0 && wait <= LONGEST_WAIT) return Math.ceil(wait);
  const shown = typeof wait === 'number' ? String(wait) : wait === null ? 'null' : typeof wait;
  const message = `${field}: ${shown} is no wait; give milliseconds from now, from 0 to a hundred years, or leave it out`;
  throw new ReeveError({ kind: 'input', code: 'INVALID_DUE', message });
};
