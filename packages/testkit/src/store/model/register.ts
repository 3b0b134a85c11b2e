import type { Change, Entry, EpochMs, Written } from '@reeve/core';

interface Kept extends Entry {
  readonly until: EpochMs;
}

/** What a register answers, in the fewest words. */
export class ModelRegister {
  readonly #entries = new Map<string, Kept>();

  look(names: readonly string[], now: EpochMs): (Entry | undefined)[] {
    return names.map((name) => this.#entry(name, now));
  }

  change(changes: readonly Change[], now: EpochMs): Written[] {
    return changes.map(({ name, value, stamp, expected, keep }) => {
      const entry = this.#entry(name, now);
      if (expected !== undefined && (entry?.stamp ?? null) !== expected) return { kind: 'stale', ...(entry && { entry }) };
      if (value === undefined) this.#entries.delete(name);
      else this.#entries.set(name, { value, stamp, until: keep === undefined ? Number.POSITIVE_INFINITY : now + keep });
      return { kind: 'written' };
    });
  }

  #entry(name: string, now: EpochMs): Entry | undefined {
    const kept = this.#entries.get(name);
    return kept && kept.until > now ? { value: kept.value, stamp: kept.stamp } : undefined;
  }
}
