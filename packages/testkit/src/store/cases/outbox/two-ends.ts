import assert from 'node:assert/strict';
import type { EndRef } from '@reeve/core';
import { assertRecord } from '../../assertions.ts';
import type { WholeBench, WholeCase } from '../../bench.ts';
import { claim, claimed, completed, dead, find, first, keyOf, released } from '../../given.ts';
import { holdsWhole } from '../../holds.ts';
import { followed, outbox } from './ways.ts';

/** Ends of one task while the time stands still, each in its way. */
const endings: Readonly<Record<string, (bench: WholeBench) => Promise<unknown>>> = {
  dead: async (bench) => bench.store.settle([dead(first(await claimed(bench)))]),
  cancelled: (bench) => bench.peer.cancel([keyOf(0)]),
  buried: (bench) => bench.store.bury([{ ...keyOf(0), error: 'e' }]),
  'cancelled by a verdict': async (bench) => {
    const lease = first(await claimed(bench));
    await bench.store.cancel([keyOf(0)]);
    await bench.peer.settle([released(lease)]);
  },
  completed: async (bench) => bench.peer.settle([completed(first(await claimed(bench)))]),
};

export const twoEndsCases: readonly WholeCase[] = [
  holdsWhole(
    'U3',
    'ends of one task are at instants apart though the time stands still, and each takes out itself alone',
    async (bench) => {
      await bench.store.enqueue([followed(0)]);
      const before: EndRef[] = [];
      for (const [way, end] of Object.entries(endings)) {
        if (before.length > 0) assert.deepEqual(await bench.peer.redrive([keyOf(0)]), ['queued']);
        await end(bench);
        const found = await outbox(bench);
        assert.equal(found.length, 1, `${way}: ends in the outbox`);
        const { endedAt } = first(found);
        const last = before.at(-1)?.endedAt ?? 0;
        assert.ok(endedAt > last, `${way}: it ended at ${endedAt}, and before that at ${last}`);
        assertRecord(await find(bench, 0), { endedAt });
        await bench.store.takeOut(before);
        assert.deepEqual(await outbox(bench), found, `${way}: an earlier end took it out`);
        before.push({ ...keyOf(0), endedAt });
      }
      await bench.peer.takeOut(before);
      assert.deepEqual(await outbox(bench), []);
    },
  ),
  holdsWhole('U3', 'so are those of a task that was dropped first', async (bench) => {
    await bench.store.enqueue([followed(0, { expiresAt: bench.clock.now() })]);
    assert.equal((await claim(bench)).dropped?.length, 1);
    const [early] = await outbox(bench);
    await bench.store.redrive([keyOf(0)]);
    await bench.store.cancel([keyOf(0)]);
    await bench.store.takeOut([early!]);
    const [late] = await outbox(bench);
    assert.ok(late && early && late.endedAt > early.endedAt, 'two ends of a task are at one instant');
    await bench.peer.takeOut([late]);
    assert.deepEqual(await outbox(bench), []);
  }),
];
