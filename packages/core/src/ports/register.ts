/**
 * Small facts that all processes share: that a labourer is paused, who holds a deduplication key, how much of a rate is spent. Each has a
 * name and is changed by comparing and setting, so that of two who change what both have read, one is told.
 *
 * It is no place for tasks, and not on the way of each one.
 */
import type { JsonText } from '../domain/json.ts';
import type { EpochMs, Millis } from '../domain/time.ts';

export interface Entry {
  readonly value: JsonText;
  /** That of the change which wrote it. */
  readonly stamp: string;
}

export interface Change {
  /** 1 to 256 characters, none of them a control character. */
  readonly name: string;
  /** Absent: the entry is to be forgotten. At most 64 KiB of UTF-8. */
  readonly value?: JsonText;
  /** New for every change, 1 to 64 characters. */
  readonly stamp: string;
  /** The stamp of the entry that this one takes the place of; `null`: there is none. Absent: whatever there is. */
  readonly expected?: string | null;
  /** Forgotten so long after it was written, on the store's clock. Absent: kept for good. */
  readonly keep?: Millis;
}

/** `stale`: something else lies there, and nothing was changed. If its stamp is that of this very change, an earlier copy has made it. */
export type Written = { readonly kind: 'written' } | { readonly kind: 'stale'; readonly entry?: Entry };

export interface Looked {
  /** In the order of the names. */
  readonly entries: readonly (Entry | undefined)[];
  /** The instant on the store's clock. */
  readonly at: EpochMs;
}

export interface Wrote {
  /** In the order of the changes. */
  readonly outcomes: readonly Written[];
  readonly at: EpochMs;
}

export interface Register {
  /** G1 Sees every change that was answered before it was called. A name nobody wrote, or whose entry was forgotten, has none. */
  look(names: readonly string[]): Promise<Looked>;

  /**
   * Makes changes, each on its own and to a name of its own.
   *
   * G2 Of any number of callers that expect the same stamp, or none, exactly one is answered `written`.
   * G3 A change that expects what does not lie there is `stale`, names what does, and changes nothing.
   * G4 At the instant its `keep` ends, and from then on, an entry is forgotten: nobody sees it, and `null` is what to expect.
   * G5 Names that differ in anything, such as case or an accent's form, are names apart; values come back to the letter.
   * @throws ReeveError INVALID_REGISTER for a name, a stamp or a value against the rules, before anything is written
   */
  change(changes: readonly Change[]): Promise<Wrote>;
}
