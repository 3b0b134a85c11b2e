/**
 * Says that something may be due or a place may be free, so that whoever waits looks again at once. A ring that nobody
 * hears is no loss: polling finds the same a little later.
 */
export class Doorbell {
  readonly #listeners = new Set<(labourer: string) => void>();

  onRing(listener: (labourer: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  ring(labourer: string): void {
    for (const listener of this.#listeners) listener(labourer);
  }
}
