import assert from 'node:assert/strict';
import type { End, JsonText, NewTask } from '@reeve/core';
import type { WholeBench } from '../../bench.ts';
import {
  aTask,
  attemptsOf,
  claim,
  claimed,
  completed,
  dead,
  first,
  json,
  keyOf,
  LEASE,
  labourer,
  PLENTY,
  pass,
  request,
  retry,
} from '../../given.ts';

export const follow: JsonText = json('[{"after":"it"}]');

export const followed = (n: number, over: Partial<NewTask> = {}): NewTask => aTask(n, { follow, ...over });

export const outbox = async (
  bench: WholeBench,
  limit: number = PLENTY,
  labourers: readonly string[] = [labourer],
): Promise<readonly End[]> => {
  await bench.settled?.();
  return bench.peer.outbox(labourers, limit);
};

/** Every way to an end, on the task of this number. */
export const ways: Readonly<Record<string, (bench: WholeBench, n: number) => Promise<Omit<End, 'endedAt'>>>> = {
  'completed with a result': async (bench, n) => {
    await bench.store.enqueue([followed(n)]);
    await bench.store.settle([completed(first(await claimed(bench)), '{"r":1.0}')]);
    return { ...keyOf(n), state: 'completed', follow, result: json('{"r":1.0}') };
  },
  'completed without one': async (bench, n) => {
    await bench.store.enqueue([followed(n)]);
    await bench.store.settle([completed(first(await claimed(bench)))]);
    return { ...keyOf(n), state: 'completed', follow };
  },
  'completed in an exchange': async (bench, n) => {
    await bench.store.enqueue([followed(n)]);
    await bench.store.exchange([completed(first(await claimed(bench)), '1')], request());
    return { ...keyOf(n), state: 'completed', follow, result: json('1') };
  },
  'dead after a retry': async (bench, n) => {
    await bench.store.enqueue([followed(n)]);
    await attemptsOf(bench, 2, (lease, m) => (m ? dead(lease) : retry(lease)));
    return { ...keyOf(n), state: 'dead', follow };
  },
  'dead by a reap': async (bench, n) => {
    await bench.store.enqueue([followed(n)]);
    const lease = first(await claimed(bench));
    await pass(bench, LEASE);
    assert.deepEqual(await bench.store.reap([dead(lease)]), ['applied']);
    return { ...keyOf(n), state: 'dead', follow };
  },
  buried: async (bench, n) => {
    await bench.store.enqueue([followed(n)]);
    await bench.store.bury([{ ...keyOf(n), error: 'not wanted' }]);
    return { ...keyOf(n), state: 'dead', follow };
  },
  'cancelled in the queue': async (bench, n) => {
    await bench.store.enqueue([followed(n)]);
    await bench.store.cancel([keyOf(n)]);
    return { ...keyOf(n), state: 'cancelled', follow };
  },
  'cancelled at work': async (bench, n) => {
    await bench.store.enqueue([followed(n)]);
    const lease = first(await claimed(bench));
    await bench.store.cancel([keyOf(n)]);
    assert.deepEqual(await outbox(bench), [], 'before the word of its attempt it has not ended');
    await bench.store.settle([completed(lease, '"too late"')]);
    return { ...keyOf(n), state: 'cancelled', follow };
  },
  'cancelled by a reap': async (bench, n) => {
    await bench.store.enqueue([followed(n)]);
    const lease = first(await claimed(bench));
    await bench.store.cancel([keyOf(n)]);
    await pass(bench, LEASE);
    await bench.store.reap([retry(lease)]);
    return { ...keyOf(n), state: 'cancelled', follow };
  },
  dropped: async (bench, n) => {
    await bench.store.enqueue([followed(n, { expiresAt: bench.clock.now() })]);
    assert.equal((await claim(bench)).dropped?.length, 1);
    return { ...keyOf(n), state: 'dropped', follow };
  },
};
