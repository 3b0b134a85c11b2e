/**
 * The register of both layouts: an item for each entry, beside the tasks. What a change expects is a condition of the write that
 * makes it, so of any number of callers that expect the same one is let through by DynamoDB itself.
 *
 * DynamoDB has no clock. An entry is therefore seen until `guard` after the instant it was to be kept to: whoever wrote it, and goes by
 * its own clock, takes it for forgotten before anybody else does. As with leases, clocks may be as far apart as that.
 */
import {
  type Change,
  type Clock,
  checkChanges,
  checkNames,
  type Entry,
  type JsonText,
  type Looked,
  type Millis,
  type Written,
  type Wrote,
} from '@reeve/core';
import { inLanes } from '../client/lanes.ts';
import type { Condition, Requests, Row } from '../client/requests.ts';

/** Where a layout keeps the entries. */
export interface RegisterShelf {
  readonly table: string;
  /** The attribute by which DynamoDB forgets items. */
  readonly ttl: string;
  registerKey(name: string): Row;
  /** One text for a key and for the item that has it. */
  keyText(row: Row): string;
}

const ENTRY = { value: 'reeve_value', stamp: 'reeve_stamp', until: 'reeve_keep' } as const;

export class ItemRegister {
  readonly #requests: Requests;
  readonly #shelf: RegisterShelf;
  readonly #clock: Clock;
  readonly #guard: Millis;

  constructor(requests: Requests, shelf: RegisterShelf, clock: Clock, guard: Millis) {
    this.#requests = requests;
    this.#shelf = shelf;
    this.#clock = clock;
    this.#guard = guard;
  }

  /** Strongly consistent. @throws ReeveError INVALID_REGISTER */
  async look(names: readonly string[]): Promise<Looked> {
    checkNames(names);
    const keys = [...new Set(names)].map((name) => this.#shelf.registerKey(name));
    const rows = keys.length === 0 ? [] : await this.#requests.batchGet(this.#shelf.table, keys);
    const byKey = new Map(rows.map((row) => [this.#shelf.keyText(row), row]));
    // Told after the read: what is answered as there was not forgotten at this instant.
    const at = this.#clock.now();
    return { at, entries: names.map((name) => this.#entryOf(byKey.get(this.#shelf.keyText(this.#shelf.registerKey(name))), at)) };
  }

  /** @throws ReeveError INVALID_REGISTER */
  async change(changes: readonly Change[]): Promise<Wrote> {
    checkChanges(changes);
    const at = this.#clock.now();
    return { at, outcomes: await inLanes(changes, (each) => this.#changeOne(each, at)) };
  }

  /**
   * One conditional write. Another caller's may come before it, never in the midst of it; then the condition fails, and DynamoDB answers
   * with what lies there. A write that the client sent twice fails the second time, with its own stamp lying there: as the port has it.
   */
  async #changeOne({ name, value, stamp, expected, keep }: Change, now: number): Promise<Written> {
    const { table, ttl } = this.#shelf;
    const key = this.#shelf.registerKey(name);
    const when = expected === undefined ? undefined : this.#expecting(expected, now);
    const until = keep === undefined ? undefined : now + keep;
    const written =
      value === undefined
        ? await this.#requests.delete(table, key, when)
        : await this.#requests.put(
            table,
            {
              ...key,
              [ENTRY.value]: { S: value },
              [ENTRY.stamp]: { S: stamp },
              ...(until !== undefined && {
                [ENTRY.until]: { N: String(until) },
                // DynamoDB's clock deletes it, some time after no process sees it any more.
                [ttl]: { N: String(Math.ceil((until + 2 * this.#guard) / 1_000)) },
              }),
            },
            when,
          );
    if (written.kind === 'done') return { kind: 'written' };
    const entry = this.#entryOf(written.row, now);
    return { kind: 'stale', ...(entry && { entry }) };
  }

  /** What nobody sees any more counts as not there, though DynamoDB has not deleted it yet. */
  #expecting(expected: string | null, now: number): Condition {
    return (e) => {
      const until = e.name(ENTRY.until);
      const past = e.value({ N: String(now - this.#guard) });
      return expected === null
        ? `attribute_not_exists(${e.name(ENTRY.stamp)}) OR ${until} <= ${past}`
        : `${e.name(ENTRY.stamp)} = ${e.value({ S: expected })} AND (attribute_not_exists(${until}) OR ${until} > ${past})`;
    };
  }

  #entryOf(row: Row | undefined, now: number): Entry | undefined {
    const { [ENTRY.value]: value, [ENTRY.stamp]: stamp, [ENTRY.until]: until } = row ?? {};
    if (value?.S === undefined || stamp?.S === undefined) return undefined;
    if (until?.N !== undefined && Number(until.N) <= now - this.#guard) return undefined;
    return { value: value.S as JsonText, stamp: stamp.S };
  }
}
