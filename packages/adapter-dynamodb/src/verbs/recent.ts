/** What this process has claimed or dropped lately. The index may still show it as it was before, and a place would be taken in vain. */
export class Recent {
  readonly #claims = new Map<string, number>();
  readonly #dropped = new Map<string, string>();
  readonly #most: number;

  constructor(most: number = 10_000) {
    this.#most = most;
  }

  note(id: string, claim: number): void {
    this.#keep(this.#claims, id, claim);
  }

  /** @param greenfield where it stood: queued again it stands elsewhere */
  noteDropped(id: string, greenfield: string): void {
    this.#keep(this.#dropped, id, greenfield);
  }

  /** Whether we know of a later claim than the index does. */
  isNewer(id: string, claims: number): boolean {
    return (this.#claims.get(id) ?? 0) > claims;
  }

  wasDropped(id: string, greenfield: string): boolean {
    return this.#dropped.get(id) === greenfield;
  }

  #keep<T>(map: Map<string, T>, id: string, value: T): void {
    map.delete(id);
    map.set(id, value);
    if (map.size <= this.#most) return;
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }
}
