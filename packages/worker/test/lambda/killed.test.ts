import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ManualClock } from '@reeve/testkit';
import { describe, it, onTestFinished } from 'vitest';
import { counter } from '../support/counter.ts';
import { LEASE, LOCAL, open, RETRIES } from '../support/rig.ts';
import { memory, sqlite } from '../support/stores.ts';
import { until } from '../support/until.ts';

/** A process of its own that works on the event without end. Resolves when it has begun. */
const workIn = async (event: string, endpoint: string) => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../fixtures/mortal.mjs', import.meta.url)), event], {
    env: { ...process.env, AWS_ENDPOINT_URL_LAMBDA: endpoint, REEVE_ASSISTANT: 'assistant', ...LOCAL },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = await once(child.stdout, 'data');
  assert.equal(String(said), 'working\n');
  return child;
};

for (const [name, stores] of Object.entries({ memory, sqlite })) {
  describe(`a worker that is killed midway, ${name}`, () => {
    it('is retried after its lease and not before, though Lambda delivers its event again', async () => {
      const counted = counter();
      // Frozen with its container: no heartbeat, no report.
      const frozen = new ManualClock();
      const rig = await open({ stores, handler: () => (counted() === 1 ? new Promise(() => {}) : 'done') });
      const killed = rig.make({ clock: frozen });
      const fresh = rig.make();
      const events: unknown[] = [];
      rig.endpoint.deploy('thumb', async (event) => {
        events.push(event);
        if (events.length > 1) return void rig.answers.push(await fresh(event));
        await Promise.race([killed(event), until(() => counted.times === 1)]);
        throw new Error('Task timed out');
      });
      await rig.begin();
      assert.deepEqual([events.length, await rig.state()], [1, 'running']);

      await rig.clock.advance(RETRIES[0]);
      await rig.endpoint.settled();
      assert.deepEqual([events.length, rig.answers], [2, [{ begin: false, why: 'started' }]], 'the second delivery is not let in');
      await rig.clock.advance(LEASE - 1 - RETRIES[0]);
      await rig.reeve.scavenger.sweep();
      await rig.reeve.tick();
      await rig.endpoint.settled();
      assert.deepEqual([counted.times, await rig.state()], [1, 'running'], 'not before');

      await rig.clock.advance(1);
      await rig.reeve.scavenger.sweep();
      await rig.clock.advance(1_000);
      await rig.reeve.tick();
      await rig.endpoint.settled();
      assert.deepEqual([counted.times, await rig.state()], [2, 'completed']);
      assert.equal((await rig.find())?.state === 'completed' && rig.told().filter((each) => each === 'done').length, 1);
    });

    it('by SIGKILL: the same', async () => {
      const rig = await open({ stores });
      rig.endpoint.deploy('thumb', () => {});
      await rig.begin();
      const [first = ''] = rig.events();
      const child = await workIn(first, rig.endpoint.url);
      child.kill('SIGKILL');
      await once(child, 'close');
      await rig.clock.advance(LEASE - 1);
      await rig.reeve.scavenger.sweep();
      assert.equal(await rig.state(), 'running', 'not before');
      assert.deepEqual(await rig.make()(JSON.parse(first)), { begin: false, why: 'started' });
      await rig.clock.advance(1);
      await rig.reeve.scavenger.sweep();
      await rig.clock.advance(1_000);
      await rig.reeve.tick();
      await rig.endpoint.settled();
      assert.deepEqual(await rig.make()(JSON.parse(rig.events()[1] ?? '')), { reported: 'done', outcome: 'applied' });
      assert.deepEqual(await rig.make()(JSON.parse(first)), { begin: false, why: 'over' });
    });

    it('its late word is stale once another attempt runs', async () => {
      const counted = counter();
      let end = (): void => {};
      const rig = await open({
        stores,
        isCold: true,
        options: { heartbeats: false },
        handler: () => {
          if (counted() > 1) return 'second';
          return new Promise((resolve) => {
            end = () => resolve('first');
          });
        },
      });
      await rig.reeve.enqueue('thumb', {}, { id: '1' });
      await rig.reeve.tick();
      await until(() => counted.times === 1);
      await rig.clock.advance(LEASE);
      await rig.reeve.scavenger.sweep();
      await rig.clock.advance(1_000);
      await rig.reeve.tick();
      await until(() => rig.answers.length === 1);
      end();
      await rig.endpoint.settled();
      assert.deepEqual(
        rig.answers.map((each) => (each as { outcome: string }).outcome),
        ['applied', 'stale'],
      );
      const task = await rig.find();
      assert.equal(task?.state === 'completed' && task.result, '"second"');
    });
  });
}
