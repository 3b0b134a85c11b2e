import type { EpochMs } from '../domain/time.ts';
import type { Change, Entry, Looked, Written, Wrote } from '../ports/register.ts';

interface Kept extends Entry {
  readonly until: EpochMs;
}

/** As many as there may be before those that are to be forgotten are looked for. */
const LEAST_TO_SWEEP = 1_000;

export class MemoryRegister {
  readonly #entries = new Map<string, Kept>();
  #sweepAt = LEAST_TO_SWEEP;

  look(names: readonly string[], at: EpochMs): Looked {
    return { at, entries: names.map((name) => this.#entry(name, at)) };
  }

  change(changes: readonly Change[], at: EpochMs): Wrote {
    const outcomes = changes.map((each) => this.#changeOne(each, at));
    if (this.#entries.size >= this.#sweepAt) this.#sweep(at);
    return { at, outcomes };
  }

  #changeOne({ name, value, stamp, expected, keep }: Change, now: EpochMs): Written {
    const entry = this.#entry(name, now);
    if (expected !== undefined && (entry?.stamp ?? null) !== expected) return { kind: 'stale', ...(entry && { entry }) };
    if (value === undefined) this.#entries.delete(name);
    else this.#entries.set(name, { value, stamp, until: keep === undefined ? Number.POSITIVE_INFINITY : now + keep });
    return { kind: 'written' };
  }

  #entry(name: string, now: EpochMs): Entry | undefined {
    const kept = this.#entries.get(name);
    if (!kept || kept.until <= now) return undefined;
    return { value: kept.value, stamp: kept.stamp };
  }

  #sweep(now: EpochMs): void {
    for (const [name, { until }] of this.#entries) if (until <= now) this.#entries.delete(name);
    this.#sweepAt = Math.max(LEAST_TO_SWEEP, 2 * this.#entries.size);
  }
}
