import type { EpochMs } from '@reeve/core';
import type { Row } from '../../../src/client/requests.ts';
import { type Home, homeOf } from '../../../src/native/codec/home-key.ts';
import { idOf, stateOf } from '../../../src/native/codec/home-row.ts';

interface Version {
  readonly at: EpochMs;
  readonly row: Row | undefined;
}

export interface Stored {
  readonly id: string;
  readonly home: Home;
  readonly row: Row;
}

export const keyText = (row: Row): string => `${row['pk']?.S} ${row['sk']?.S}`;

/** The home that an item is, if it is one with a task in it. */
export const storedIn = (row: Row): Stored | undefined => {
  const [, labourer, lane] = /^t#(.*)#(\d+)$/s.exec(row['pk']?.S ?? '') ?? [];
  const state = stateOf(row);
  if (labourer === undefined || state === 'moved' || state === 'void') return undefined;
  const home = homeOf(labourer, `${row['sk']?.S}${Number(lane).toString(32)}`);
  return { id: idOf(row, home), home, row };
};

/** What the table holds, put together from the answers to all writes; and as it was, for readings that are a little late. */
export class Items {
  readonly #rows = new Map<string, Row>();
  readonly #versions = new Map<string, Version[]>();

  /** @param after the item as it is after the write; undefined: it is gone */
  note(key: string, after: Row | undefined, at: EpochMs): void {
    if (after) this.#rows.set(key, after);
    else this.#rows.delete(key);
    this.#versions.set(key, [...(this.#versions.get(key) ?? []), { at, row: after }]);
  }

  at(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  asOf(key: string, at: EpochMs): Row | undefined {
    return this.#versions.get(key)?.findLast((each) => each.at <= at)?.row;
  }

  /** Those of partitions that begin so. */
  of(prefix: string): readonly Row[] {
    return [...this.#rows].filter(([key]) => key.startsWith(prefix)).map(([, row]) => row);
  }

  tasks(): readonly Stored[] {
    return this.of('t#')
      .map(storedIn)
      .filter((each) => each !== undefined);
  }
}
