import { setImmediate as endOfTurn } from 'node:timers/promises';
import { ReeveError } from '@reeve/core';
import type { Statements } from './statements.ts';

export type Body<T> = (statements: Statements) => T;

interface Job {
  readonly body: Body<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The most calls in one transaction, so that other processes get their turn in between. */
const MOST = 64;

/**
 * Calls that arrive in one turn of the event loop share a transaction, and so one flush of the disk, which is most of what a small
 * write costs. They run one after another in the order in which they came, each sees what those before it did, and none is
 * answered before all are committed: to the callers it is as if each had a transaction of its own.
 */
export class WriteQueue {
  readonly #transact: <T>(body: Body<T>) => Promise<T>;
  #waiting: Job[] = [];
  #working = false;

  constructor(transact: <T>(body: Body<T>) => Promise<T>) {
    this.#transact = transact;
  }

  add<T>(body: Body<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ body, resolve: (answer) => resolve(answer as T), reject });
      if (!this.#working) void this.#work();
    });
  }

  /** Only one runs at a time, and between two transactions it lets a turn pass: whoever was just answered comes along with its next call. */
  async #work(): Promise<void> {
    this.#working = true;
    while (this.#waiting.length > 0) {
      await endOfTurn();
      await this.#commit(this.#waiting.splice(0, MOST));
    }
    this.#working = false;
  }

  async #commit(jobs: readonly Job[]): Promise<void> {
    try {
      const answers = await this.#transact((statements) => jobs.map(({ body }) => body(statements)));
      for (const [index, { resolve }] of jobs.entries()) resolve(answers[index]);
    } catch (error) {
      if (jobs.length === 1 || isOfAll(error)) for (const { reject } of jobs) reject(error);
      // All was taken back because of one of them. Each for itself, so that the others get their way.
      else for (const job of jobs) await this.#commit([job]);
    }
  }
}

/** What would befall each of them for itself as well, after as long a wait. */
const isOfAll = (error: unknown): boolean => ReeveError.is(error, 'STORE_BUSY') || ReeveError.is(error, 'STORE_NOT_OPEN');
