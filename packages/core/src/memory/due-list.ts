import type { EpochMs } from '../domain/time.ts';

interface Due {
  readonly due: EpochMs;
  /** The order of enqueueing, for tasks that are due at the same instant. */
  readonly seq: number;
}

/** Tasks in the order in which they fall due. */
export class DueList<T extends Due> {
  private readonly items: T[] = [];

  get length(): number {
    return this.items.length;
  }

  add(item: T): void {
    this.items.splice(this.indexAfter(item), 0, item);
  }

  remove(item: T): void {
    const at = this.indexAfter(item);
    if (this.items[at] === item) this.items.splice(at, 1);
  }

  takeDue(now: EpochMs, limit: number): T[] {
    return this.items.splice(0, Math.min(limit, this.countDue(now)));
  }

  countDue(now: EpochMs): number {
    return this.indexAfter({ due: now, seq: Number.POSITIVE_INFINITY });
  }

  first(): T | undefined {
    return this.items[0];
  }

  /** When the first falls due. */
  next(): EpochMs | undefined {
    return this.items[0]?.due;
  }

  all(): readonly T[] {
    return this.items;
  }

  private indexAfter({ due, seq }: Due): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.items[middle] as T;
      if (item.due < due || (item.due === due && item.seq < seq)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
