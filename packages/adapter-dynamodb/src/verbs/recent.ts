/** What this process has claimed lately. The index may still show it as it was before, and a place would be taken in vain. */
export class Recent {
  readonly #claims = new Map<string, number>();
  readonly #most: number;

  constructor(most: number = 10_000) {
    this.#most = most;
  }

  note(id: string, claim: number): void {
    this.#claims.delete(id);
    this.#claims.set(id, claim);
    if (this.#claims.size <= this.#most) return;
    const [oldest] = this.#claims.keys();
    if (oldest !== undefined) this.#claims.delete(oldest);
  }

  /** Whether we know of a later claim than the index does. */
  isNewer(id: string, claims: number): boolean {
    return (this.#claims.get(id) ?? 0) > claims;
  }
}
