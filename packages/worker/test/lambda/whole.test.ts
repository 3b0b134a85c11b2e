import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { counter } from '../support/counter.ts';
import { open } from '../support/rig.ts';
import { memory, sqlite } from '../support/stores.ts';
import { until } from '../support/until.ts';

for (const [name, stores] of Object.entries({ memory, sqlite })) {
  describe(`a worker on Lambda, ${name}`, () => {
    it('is handed a payload, and its result and statistics are kept', async () => {
      const rig = await open({
        stores,
        handler: async (payload: { key: string }, ctx) => {
          ctx.stats['pages'] = 3;
          return { made: payload.key, attempt: ctx.attempt, id: ctx.id, labourer: ctx.labourer };
        },
      });
      await rig.begin();
      const task = await rig.find();
      assert.deepEqual(task?.state === 'completed' && [task.result, task.stats], [
        '{"made":"cat.jpg","attempt":1,"id":"1","labourer":"thumb"}',
        '{"pages":3}',
      ]);
      assert.deepEqual(rig.answers, [{ reported: 'done', outcome: 'applied' }]);
      assert.deepEqual(rig.told(), ['start', 'done']);
    });

    it('runs once, however often an event is delivered, into one container or into several', async () => {
      for (const isCold of [false, true]) {
        const counted = counter();
        const rig = await open({ stores, isCold, handler: counted });
        await rig.begin();
        const [event = ''] = rig.events();
        await Promise.all([rig.deliver(event), rig.deliver(event)]);
        assert.equal(counted.times, 1);
        assert.equal(await rig.state(), 'completed');
        // A warm container knows by itself.
        assert.equal(rig.told().filter((each) => each === 'start').length, isCold ? 3 : 1);
      }
    });

    it('of deliveries at the same time one runs', async () => {
      const counted = counter();
      let end = (): void => {};
      const held = new Promise<void>((resolve) => {
        end = resolve;
      });
      const rig = await open({
        stores,
        isCold: true,
        handler: async () => {
          counted();
          await held;
        },
      });
      await rig.reeve.enqueue('thumb', {}, { id: '1' });
      await rig.reeve.tick();
      const [event = ''] = rig.events();
      const again = [rig.deliver(event), rig.deliver(event)];
      // Both others are answered while the first, whichever it is, is at work.
      await until(() => rig.answers.length === 2);
      end();
      await Promise.all(again);
      await rig.endpoint.settled();
      assert.equal(counted.times, 1);
      assert.deepEqual(rig.answers.slice(0, 2), [
        { begin: false, why: 'started' },
        { begin: false, why: 'started' },
      ]);
      assert.deepEqual(rig.answers[2], { reported: 'done', outcome: 'applied' });
    });

    it('without a gate it runs as often as it is delivered, and one report counts', async () => {
      const counted = counter();
      const rig = await open({ stores, isCold: true, options: { gate: false }, handler: () => ({ runs: counted() }) });
      await rig.begin();
      const [event = ''] = rig.events();
      await rig.deliver(event);
      assert.equal(counted.times, 2);
      assert.deepEqual(rig.told(), ['done', 'done']);
      assert.deepEqual(rig.answers[1], { reported: 'done', outcome: 'repeated' });
      const task = await rig.find();
      assert.equal(task?.state === 'completed' && task.result, '{"runs":1}');
    });

    it('does nothing for a replayed event, a forged token or an unknown task, and makes no task', async () => {
      const counted = counter();
      const rig = await open({ stores, isCold: true, handler: counted });
      await rig.begin();
      const before = await rig.find();
      const [event = ''] = rig.events();
      const { reeve, payload } = JSON.parse(event);
      await rig.deliver(event);
      await rig.deliver(JSON.stringify({ reeve: { ...reeve, token: 'forged' }, payload }));
      await rig.deliver(JSON.stringify({ reeve: { ...reeve, id: 'none' }, payload }));
      assert.equal(counted.times, 1);
      assert.deepEqual(rig.answers.slice(1), Array(3).fill({ begin: false, why: 'over' }));
      assert.deepEqual(await rig.find(), before);
      assert.equal(await rig.reeve.find({ labourer: 'thumb', id: 'none' }), undefined);
    });
  });
}
