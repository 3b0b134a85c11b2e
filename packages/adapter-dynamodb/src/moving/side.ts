import type { AttemptError, EpochMs, NewTask } from '@reeve/core';

/** A queued task on its way from one layout to the other, with all that it has behind it. */
export interface Moving {
  readonly task: NewTask & { readonly due: EpochMs };
  readonly createdAt: EpochMs;
  readonly attempts: number;
  /** It was tried or released before: it goes ahead of the fresh ones. */
  readonly isAgain: boolean;
  readonly lastError?: string;
  /** The oldest first. Absent, as `lastError` may be without it: of an earlier version, or none. */
  readonly errors?: readonly AttemptError[];
}

export interface Page<T extends Moving = Moving> {
  /** In the order in which they would be claimed. */
  readonly tasks: readonly T[];
  /** How many were looked at; some may have gone meanwhile. */
  readonly seen: number;
}

/**
 * What a layout offers to whoever moves a queue. A task is held first, so that nobody claims it where it was; then it is brought in
 * where it goes; then it is dropped. What is held can be found again, so a move that died goes on where it was.
 */
export interface Side<T extends Moving = Moving> {
  /** Holds a page of what is queued, whatever an earlier move has held first. @param passOver ids that are to stay */
  take(labourer: string, passOver: ReadonlySet<string>): Promise<Page<T>>;
  /** Learns what `bringIn` needs to know of a labourer, so that tasks come in the order in which they are given. */
  meet(labourer: string): Promise<void>;
  /** - `in` it is there now, or was already  - `other` its id has another task there */
  bringIn(moving: Moving): Promise<'in' | 'other'>;
  drop(moving: T): Promise<void>;
  /** Lets it be claimed again where it is. */
  release(moving: T): Promise<void>;
}

const sides = new WeakMap<object, Side>();

/** Each store says once what it offers. It is nobody else's business, so it is no method. */
export const offerSide = <T extends Moving>(store: object, side: Side<T>): void => void sides.set(store, side);

export const sideOf = (store: object): Side | undefined => sides.get(store);
