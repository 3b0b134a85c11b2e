import type { Outcome, Verdict } from '../domain/task.ts';
import type { TaskStore } from '../ports/task-store.ts';
import type { Doorbell } from './doorbell.ts';
import { type Events, taskOf } from './events.ts';

interface Waiting {
  readonly verdict: Verdict;
  readonly answer: (outcome: Outcome) => void;
  readonly fail: (error: unknown) => void;
}

/** Most verdicts of one call to the store. */
const MOST_AT_ONCE = 500;

/**
 * Gathers the verdicts that fall within one turn of the event loop and settles them in one call: a hundred reports that
 * arrive together cost one exchange with the store, and a lone one waits for nothing.
 */
export class VerdictBox {
  readonly #store: Pick<TaskStore, 'settle'>;
  readonly #announce: (verdict: Verdict, outcome: Outcome) => void;
  #waiting: Waiting[] = [];

  constructor(store: Pick<TaskStore, 'settle'>, announce: (verdict: Verdict, outcome: Outcome) => void) {
    this.#store = store;
    this.#announce = announce;
  }

  /** @throws what the store throws: whether the verdict was applied is then unknown, and giving it again is safe */
  settle(verdict: Verdict): Promise<Outcome> {
    return new Promise((answer, fail) => {
      this.#waiting.push({ verdict, answer, fail });
      if (this.#waiting.length === 1) setImmediate(() => void this.#flush());
    });
  }

  async #flush(): Promise<void> {
    const all = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < all.length; from += MOST_AT_ONCE) await this.#send(all.slice(from, from + MOST_AT_ONCE));
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#store.settle(batch.map(({ verdict }) => verdict));
      batch.forEach(({ verdict, answer }, n) => {
        const outcome = outcomes[n] ?? 'stale';
        this.#announce(verdict, outcome);
        answer(outcome);
      });
    } catch (error) {
      for (const { fail } of batch) fail(error);
    }
  }
}

/** Tells the world what became of a verdict. */
export const announcer =
  (events: Events, doorbell: Doorbell) =>
  (verdict: Verdict, outcome: Outcome): void => {
    const task = taskOf(verdict);
    if (outcome !== 'applied') {
      events.emit('verdict.refused', { ...task, kind: verdict.kind, outcome });
      return;
    }
    switch (verdict.kind) {
      case 'completed':
        events.emit('task.completed', task);
        break;
      case 'retry':
        events.emit('task.retried', { ...task, error: verdict.error, after: verdict.after });
        break;
      case 'dead':
        events.emit('task.dead', { ...task, error: verdict.error });
        break;
      case 'released':
        events.emit('task.released', { ...task, reason: 'given back before it started' });
        break;
    }
    doorbell.ring(verdict.labourer); // a place is free
  };
