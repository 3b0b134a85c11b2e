import type { TaskKey } from '../domain/task.ts';

/**
 * Says that something may be due or a place may be free, so that whoever waits looks again at once. A ring that nobody
 * hears is no loss: polling finds the same a little later.
 */
export class Doorbell {
  readonly #listeners = new Set<(labourer: string) => void>();
  readonly #cancelListeners = new Set<(key: TaskKey) => void>();

  onRing(listener: (labourer: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  ring(labourer: string): void {
    for (const listener of this.#listeners) listener(labourer);
  }

  /** Hears of running tasks whose cancellation was asked for in this process. */
  onCancel(listener: (key: TaskKey) => void): () => void {
    this.#cancelListeners.add(listener);
    return () => void this.#cancelListeners.delete(listener);
  }

  /** This running task is to be cancelled: an attempt of it that is under way here should hear of it before its next heartbeat. */
  cancel(key: TaskKey): void {
    for (const listener of this.#cancelListeners) listener(key);
  }
}
