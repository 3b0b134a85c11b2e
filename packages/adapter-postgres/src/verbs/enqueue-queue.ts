import { setImmediate as endOfTurn } from 'node:timers/promises';
import { type NewTask, ReeveError } from '@reeve/core';
import { lengthOf, PAGE_LENGTH, pagesOf } from './enqueue.ts';

type Answer = 'created' | 'duplicate';
type Store = (tasks: readonly NewTask[]) => Promise<readonly Answer[]>;

interface Call {
  readonly tasks: readonly NewTask[];
  readonly resolve: (answers: readonly Answer[]) => void;
  readonly reject: (error: unknown) => void;
}

/** How many statements are under way at once. */
const LANES = 2;
/** The most calls that share one, while there are tasks enough for it. */
const SHARED = 500;

/**
 * Calls that arrive while others are under way share a statement, and so one round trip and one flush of the server's disk, which is most
 * of what a small write costs. They are answered as if each had a statement of its own.
 */
export class EnqueueQueue {
  readonly #store: Store;
  #waiting: Call[] = [];
  #lanes = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  add(tasks: readonly NewTask[]): Promise<readonly Answer[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ tasks, resolve, reject });
      if (this.#lanes < LANES) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#lanes += 1;
    while (this.#waiting.length > 0) {
      await endOfTurn(); // whoever calls in the same turn comes along
      const calls = this.#next();
      if (calls.length > 0) await this.#run(calls);
    }
    this.#lanes -= 1;
  }

  /** Several only as far as one page holds them: what the server refuses of one page then leaves nothing of the others written. */
  #next(): Call[] {
    let tasks = 0;
    let length = 0;
    const end = this.#waiting.findIndex((call, n) => {
      tasks += call.tasks.length;
      for (const task of call.tasks) length += lengthOf(task);
      return n > 0 && (tasks > SHARED || length > PAGE_LENGTH);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #run(calls: readonly Call[]): Promise<void> {
    try {
      const answers: Answer[] = [];
      for (const page of pagesOf(calls.flatMap(({ tasks }) => tasks))) answers.push(...(await this.#store(page)));
      let from = 0;
      for (const { tasks, resolve } of calls) {
        resolve(answers.slice(from, from + tasks.length));
        from += tasks.length;
      }
    } catch (error) {
      // Each for itself, so that nobody fails for what another asked. Only where the server refused, and so has written nothing.
      if (calls.length > 1 && ReeveError.is(error) && error.kind === 'input') for (const call of calls) await this.#run([call]);
      else for (const { reject } of calls) reject(error);
    }
  }
}
