/** The ends of a task that is queued again come one after another, though the clock stands still. In both layouts. */
import type { Lease, Operator, TaskReader, TaskStore } from '@reeve/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { layouts, type OpenLayout } from '../fixtures/layouts.ts';
import { first, ref, request, task } from '../fixtures/open.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
const one = { labourer: 'mill', id: 'one' };
type Store = TaskStore & Operator & TaskReader;
const claim = async (store: Store): Promise<Lease> => first((await store.claim(request())).leases);

const ends: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  completed: async (store) => store.settle([{ ...ref(await claim(store)), kind: 'completed' }]),
  dead: async (store) => store.settle([{ ...ref(await claim(store)), kind: 'dead', error: 'no' }]),
  'cancelled while it runs': async (store) => {
    const lease = await claim(store);
    await store.cancel([one]);
    return store.settle([{ ...ref(lease), kind: 'completed' }]);
  },
  'cancelled while it waits': (store) => store.cancel([one]),
  buried: (store) => store.bury([{ ...one, error: 'no' }]),
};

describe.each(layouts)('in the $name layout', (layout) => {
  let open: OpenLayout;
  beforeEach(async () => {
    open = await layout.open(db);
  });

  it.each(Object.keys(ends))('%s', async (name) => {
    const store = open.store();
    await store.enqueue([task('one')]);
    const instants: (number | undefined)[] = [];
    for (const end of [ends['dead'], ends['buried'], ends[name]]) {
      await end?.(store);
      const record = await store.find(one);
      instants.push(record && 'endedAt' in record ? record.endedAt : undefined);
      await store.redrive([one]);
    }
    const now = open.clock.now();
    expect(instants).toEqual([now, now + 1, now + 2]);
  });
});
