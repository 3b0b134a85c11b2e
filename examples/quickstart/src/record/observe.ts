import type { Handler, Reeve, TaskContext } from '@reeve/core';
import type { Journal } from './journal.ts';

/** Sees what the workers of this process do, and writes it into the journal. */
export class Observer {
  readonly #journal: Journal;
  readonly #waits = new Map<string, number>();
  /** Handlers that are alive in this process now. */
  live = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Around a worker: from its first line to its last. */
  readonly around =
    (labourer: string, worker: Handler): Handler =>
    async (payload, context) => {
      const { id, attempt } = context;
      const waited = this.#waits.get(keyOf(labourer, id)) ?? 0;
      this.#journal.write(labourer, id, { kind: 'started', attempt, waited });
      this.live += 1;
      try {
        return await worker(payload, this.#renewing(labourer, context));
      } finally {
        this.live -= 1;
        this.#journal.write(labourer, id, { kind: 'ended', attempt });
      }
    };

  /** What only the Orchestrator knows: how long a task had waited, and that its last verdict was taken. */
  listen(reeve: Reeve): void {
    reeve.on('task.started', ({ labourer, id, waited }) => this.#waits.set(keyOf(labourer, id), waited));
    for (const name of ['task.completed', 'task.dead'] as const)
      reeve.on(name, ({ labourer, id }) => this.#journal.write(labourer, id, { kind: 'closed' }));
  }

  #renewing(labourer: string, context: TaskContext): TaskContext {
    const { id, attempt } = context;
    return {
      labourer,
      id,
      attempt,
      get signal() {
        return context.signal;
      },
      heartbeat: async () => {
        const isHeld = await context.heartbeat();
        if (isHeld) this.#journal.write(labourer, id, { kind: 'renewed', attempt });
        return isHeld;
      },
    };
  }
}

const keyOf = (labourer: string, id: string): string => `${labourer} ${id}`;
