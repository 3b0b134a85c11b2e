import type { ArrivedAttempt } from '../api.ts';

const MOST = 1_000;

/** Attempts that have begun in this process, the last thousand: a repeat of one need not be asked about. */
export class Seen {
  readonly #keys = new Set<string>();

  has(attempt: ArrivedAttempt): boolean {
    return this.#keys.has(keyOf(attempt));
  }

  add(attempt: ArrivedAttempt): void {
    this.#keys.add(keyOf(attempt));
    const [oldest] = this.#keys;
    if (this.#keys.size > MOST && oldest !== undefined) this.#keys.delete(oldest);
  }
}

const keyOf = ({ labourer, id, token }: ArrivedAttempt): string => JSON.stringify([labourer, id, token]);
