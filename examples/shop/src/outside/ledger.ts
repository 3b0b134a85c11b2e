/** What the outside world has seen of the shop: what the audit at the end goes by. */
export class Ledger {
  readonly #charges = new Map<string, number>();
  readonly #declined = new Set<string>();
  readonly #mailsAsked = new Map<string, number>();
  readonly #mails = new Map<string, number>();
  /** How often the same charge was asked for again, and not made again. */
  repeats: number = 0;

  /** Charges once for each key, however often it is asked. */
  charged(key: string, total: number): string {
    if (this.#charges.has(key)) this.repeats += 1;
    else this.#charges.set(key, total);
    return `charge-of-${key}`;
  }

  declined(key: string): string {
    this.#declined.add(key);
    return 'insufficient funds';
  }

  /** @returns how often this receipt was to be mailed so far */
  mailAsked(order: string): number {
    const times = (this.#mailsAsked.get(order) ?? 0) + 1;
    this.#mailsAsked.set(order, times);
    return times;
  }

  mailed(order: string): void {
    this.#mails.set(order, (this.#mails.get(order) ?? 0) + 1);
  }

  /** Receipts that were asked for so far. */
  get mails(): number {
    return this.#mailsAsked.size;
  }

  /** Orders that were paid. */
  get paid(): ReadonlySet<string> {
    return new Set(this.#charges.keys());
  }

  get refused(): ReadonlySet<string> {
    return this.#declined;
  }

  /** How many receipts each order got. */
  get receipts(): ReadonlyMap<string, number> {
    return this.#mails;
  }

  /** In cents. */
  get takings(): number {
    return [...this.#charges.values()].reduce((sum, total) => sum + total, 0);
  }
}
