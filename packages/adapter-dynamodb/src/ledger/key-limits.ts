/** How many of each key one claim may take: what `perKey` leaves (C11), and what is left of its `room` (C13). By the tags of keys. */
import type { ClaimRequest } from '@reeve/core';
import type { Running } from './keys.ts';
import { tagOfKey } from './place.ts';

interface Tagged {
  readonly tag?: string | undefined;
}

interface Room {
  readonly of: ReadonlyMap<string | undefined, number>;
  readonly others: number;
}

export class KeyLimits {
  readonly #perKey: number;
  readonly #room: Room | undefined;
  /** What this call has of each already, in whatever round. */
  readonly #taken = new Map<string, number>();

  private constructor(perKey: number, room: Room | undefined) {
    this.#perKey = perKey;
    this.#room = room;
  }

  /** @returns undefined if keys do not count */
  static of({ perKey, room }: Pick<ClaimRequest, 'perKey' | 'room'>): KeyLimits | undefined {
    if (perKey === undefined && room === undefined) return undefined;
    const of = new Map([...(room?.of ?? [])].map(([key, left]) => [tagOfKey(key), left]));
    return new KeyLimits(perKey ?? Number.POSITIVE_INFINITY, room && { of, others: room.others });
  }

  /** How many more of a key may be taken, of which so many run. */
  leftOf(tag: string | undefined, running: Running): number {
    if (tag === undefined) return Number.POSITIVE_INFINITY;
    const free = this.#perKey - (running.get(tag) ?? 0);
    if (!this.#room) return free;
    return Math.min(free, (this.#room.of.get(tag) ?? this.#room.others) - (this.#taken.get(tag) ?? 0));
  }

  /** Those that there is room for, the first of them first. What runs is not looked at. */
  withRoom<T extends Tagged>(wanting: readonly T[]): readonly T[] {
    const counts = new Map<string | undefined, number>();
    return wanting.filter(({ tag }) => {
      const count = counts.get(tag) ?? 0;
      if (count >= this.leftOf(tag, NONE)) return false;
      counts.set(tag, count + 1);
      return true;
    });
  }

  note({ tag }: Tagged): void {
    if (tag !== undefined) this.#taken.set(tag, (this.#taken.get(tag) ?? 0) + 1);
  }
}

const NONE: Running = new Map();
