import assert from 'node:assert/strict';
import type { ClaimAnswer, ClaimRequest, KeyRoom, Lease } from '@reeve/core';
import { assertApart } from '../../assertions.ts';
import type { StoreBench, StoreCase } from '../../bench.ts';
import { claimRest, crowd, eitherOf, RACERS } from '../../crowd.ts';
import { claimed, idOf, ids, range, request } from '../../given.ts';
import { holds } from '../../holds.ts';
import { assertPerKey, keyed, runningByKey } from './keyed.ts';
import { assertWithin, room } from './roomy.ts';

const KEYS = 5;
const keyOf = (id: string): string => `key-${Number(id.slice(-4)) % KEYS}`;
const many = (count: number) => range(count).map((n) => keyed(n, keyOf(idOf(n))));

/** As of different orchestrators: each sees another rest of the rates. */
const roomOf = (n: number): KeyRoom => room({ 'key-0': 0, 'key-1': n % 3, 'key-2': 1 }, 2);

/** Claims under way at once, each with its own room, over both connections. */
const race = async (bench: StoreBench, over: Partial<ClaimRequest>): Promise<readonly Lease[]> => {
  await bench.settled?.();
  const claims = range(RACERS).map((n): Promise<ClaimAnswer> => eitherOf(bench, n).claim(request({ ...over, room: roomOf(n) })));
  const answers = await Promise.all(claims);
  for (const [n, { leases }] of answers.entries()) assertWithin(leases, roomOf(n), keyOf);
  return answers.flatMap(({ leases }) => leases);
};

export const roomRaceCases: readonly StoreCase[] = [
  holds('C13', 'claims racing over two connections each keep to their own room, and together to what may run of a key', async (bench) => {
    await bench.store.enqueue(many(60));
    const taken = await race(bench, { limit: 4, perKey: 3 });
    assertApart(taken);
    await assertPerKey(bench, 3);
    assert.equal((await runningByKey(bench)).get('key-0'), undefined, 'nobody had room for it');
    const rest = await claimed(bench, { perKey: 3, room: room({}, 9) });
    assertApart([...taken, ...rest]);
    await assertPerKey(bench, 3);
    assert.equal(taken.length + rest.length, 3 * KEYS, 'an uncontended claim with room fills every key');
  }),
  holds('C13', 'claims racing without a limit by key keep to their room, and none of the tasks is shared or left behind', async (bench) => {
    await bench.store.enqueue(many(60));
    const taken = await race(bench, { limit: 5 });
    assertApart(taken);
    const all = await claimRest(bench, taken, 60);
    assertApart(all);
    assert.deepEqual([...ids(all)].sort(), range(60).map(idOf));
  }),
  holds('C13', 'a crowd that exchanges within its room never holds more than two of a key', async (bench) => {
    await bench.store.enqueue(many(40));
    const some = { cap: 9, perKey: 2, keyOf, limit: 3, members: 8, exchange: true, tasks: 40 };
    const { most, mostOfKey, finished } = await crowd(bench, { ...some, room: room({ 'key-1': 2 }, 1) });
    assert.ok(mostOfKey <= 2, `${mostOfKey} of a key were held where 2 may`);
    assert.ok(most <= 9, `${most} were held under a cap of 9`);
    assert.deepEqual([...finished].sort(), range(40).map(idOf), 'each task is finished once');
  }),
];
