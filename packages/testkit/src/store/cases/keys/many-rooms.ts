import assert from 'node:assert/strict';
import type { KeyRoom } from '@reeve/core';
import type { StoreCase } from '../../bench.ts';
import { aTask, claimed, completed, idOf, range, released } from '../../given.ts';
import { holds } from '../../holds.ts';
import { hostileIds } from '../../hostile.ts';
import { keyed } from './keyed.ts';
import { room, within } from './roomy.ts';

/** The most that a claim may name. */
const MOST_KEYS = 500;

const names = range(MOST_KEYS).map((n) => `key-${n}`);
const roomOfEach = (most: number, others: number): KeyRoom => ({ of: new Map(names.map((each) => [each, most])), others });

/** Of `room(shift)` a key has so much; the others have 3, and each has 4 tasks. */
const ROOMS = [0, 1, 2, undefined] as const;

export const manyRoomCases: readonly StoreCase[] = [
  holds('C13', `${MOST_KEYS} keys without room, none of which runs, stand before one that has it`, async (bench) => {
    const keys = bench.slow ? 150 : MOST_KEYS;
    for (const round of range(2)) await bench.store.enqueue(range(keys).map((n) => keyed(1_000 * round + n, `key-${n}`, { priority: 3 })));
    await bench.store.enqueue([keyed(5_000, 'free'), keyed(5_001, 'free'), aTask(5_002), keyed(5_003, 'free')]);
    assert.deepEqual(await within(bench, roomOfEach(0, 2), { limit: 10 }), [5_000, 5_002, 5_001].map(idOf));
    assert.deepEqual(await within(bench, roomOfEach(0, 2), { limit: 1, perKey: 3 }), [5_003].map(idOf));
    assert.deepEqual(await within(bench, roomOfEach(0, 2), { limit: 10, perKey: 1 }), []);
    assert.deepEqual(await within(bench, room({ 'key-0': 0, 'key-2': 2 }, 1), { limit: 3 }), [1, 2, 3].map(idOf));
  }),
  holds('C13', `${MOST_KEYS} keys with room for one each, in a claim for all of them`, async (bench) => {
    const keys = bench.slow ? 110 : MOST_KEYS;
    await bench.store.enqueue(range(2 * keys).map((n) => keyed(n, `key-${n % keys}`)));
    await bench.store.enqueue([keyed(5_000, 'free'), keyed(5_001, 'free')]);
    assert.deepEqual(await within(bench, roomOfEach(1, 2)), [...range(keys), 5_000, 5_001].map(idOf));
  }),
  holds('C13', 'thousands of a key without room hide none of the few of others behind them', async (bench) => {
    for (const n of range(3)) await bench.store.enqueue(range(bench.slow ? 130 : 1_000).map((m) => keyed(1_000 * n + m, 'a')));
    await bench.store.enqueue([keyed(5_000, 'b'), keyed(5_001, 'c'), aTask(5_002), keyed(5_003, 'b')]);
    assert.deepEqual(await within(bench, room({ a: 0 }, 1)), [5_000, 5_001, 5_002].map(idOf));
    assert.deepEqual(await within(bench, room({ a: 2 }, 1), { limit: 3 }), [0, 1, 5_003].map(idOf));
  }),
  holds('C13', 'a key that is full and one that has no room hold up no other, whichever comes first', async (bench) => {
    const of = (key: string, from: number) => range(60).map((n) => keyed(from + n, key));
    await bench.store.enqueue([...of('full', 0), ...of('none', 100), ...of('spent', 200), keyed(300, 'free')]);
    assert.deepEqual(await within(bench, room({ none: 0, spent: 0, free: 0 }, 1)), [idOf(0)]);
    const keyRoom = room({ none: 0, spent: 1 }, 5);
    assert.deepEqual(await within(bench, keyRoom, { perKey: 1 }), [200, 300].map(idOf));
    assert.deepEqual(await within(bench, keyRoom, { perKey: 1 }), []);
  }),
  holds('C13', 'names of keys, whatever they look like, have the room that is said of them and of no other', async (bench) => {
    const keys = hostileIds;
    for (const task of range(4)) await bench.store.enqueue(keys.map((key, n) => keyed(1_000 * task + n, key)));
    const keyAt = (id: string): number => Number(id.slice('task-'.length)) % 1_000;
    for (const shift of range(ROOMS.length)) {
      const mostOf = (n: number): number | undefined => ROOMS[(n + shift) % ROOMS.length];
      const of = new Map(keys.map((key, n) => [key, mostOf(n)] as const).filter((each): each is [string, number] => each[1] !== undefined));
      const leases = await claimed(bench, { room: { of, others: 3 } });
      const counts = keys.map(() => 0);
      for (const { id } of leases) counts[keyAt(id)]! += 1;
      assert.deepEqual(
        counts.map((count, n) => [keys[n], count]),
        keys.map((key, n) => [key, mostOf(n) ?? 3]),
        `shift ${shift}`,
      );
      await bench.store.settle(leases.map((each) => released(each)));
    }
  }),
  holds('C13', 'room that comes back again and again brings all tasks of a key to their end, in order', async (bench) => {
    await bench.store.enqueue(range(24).map((n) => keyed(n, 'abc'[n % 3] ?? 'a')));
    const seen: string[] = [];
    for (const n of range(16)) {
      const keyRoom = n % 2 ? room({ a: 1, b: 0 }, 1) : room({ a: 0, b: 1 }, 1);
      const leases = await claimed(n % 4 < 2 ? bench : { ...bench, store: bench.peer }, { room: keyRoom, perKey: 2 });
      seen.push(...leases.map(({ id }) => id));
      await bench.store.settle(leases.map((each) => completed(each)));
    }
    const ofKey = (key: number) => seen.filter((id) => Number(id.slice(-4)) % 3 === key);
    for (const key of range(3))
      assert.deepEqual(
        ofKey(key),
        range(8).map((n) => idOf(3 * n + key)),
      );
  }),
];
