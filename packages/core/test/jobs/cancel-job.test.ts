import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { atEveryCall, Crash, crashing, sides } from '../run/crashing.ts';
import { enqueuing, idsIn, jobRig, jobsOn, sections } from './job-rig.ts';

const event = sections(1_700);
const options = { run: 'monday', finalizer: { labourer: 'last' } };

type JobRig = ReturnType<typeof jobRig>;

const states = async ({ store }: JobRig): Promise<readonly number[]> =>
  Promise.all(
    (['queued', 'running', 'cancelled'] as const).map(async (state) => {
      let [count, cursor]: [number, string | undefined] = [0, undefined];
      do {
        const page = await store.list({ labourer: 'w0', state, limit: 1_000, ...(cursor !== undefined && { cursor }) });
        count += page.tasks.length;
        cursor = page.cursor;
      } while (cursor !== undefined);
      return count;
    }),
  );

describe('a job that is cancelled', () => {
  it('ends what is queued, tells what runs, and leaves alone what is not its own', async () => {
    const r = jobRig();
    const { id } = await r.jobs.run(event, options);
    await r.jobs.run(event, { ...options, run: 'tuesday' });
    await r.enqueuer.enqueue('w0', { sections: ['s1'] });
    const { leases } = await r.store.claim({ labourer: 'w0', token: 't', cap: 10, limit: 10, lease: 60_000 });
    assert.equal(leases.length, 10);
    const progress = await r.jobs.cancel(id);
    assert.deepEqual(await states(r), [1_701, 10, 1_690]);
    assert.equal(progress?.state, 'cancelled');
    assert.equal((await r.jobs.cancel(id))?.state, 'cancelled');
    for (let left = 30; left > 0 && (await r.follower.round()).more; left -= 1);
    assert.equal((await r.jobs.find(id))?.cancelled, 1_690);
    assert.equal(await r.jobs.cancel('none'), undefined);
    // Nothing more comes of it.
    const again = await r.jobs.run(event, options);
    assert.deepEqual([again.state, again.place], ['cancelled', 1_700]);
    await r.store.settle(leases.map(({ id: task, token }) => ({ labourer: 'w0', id: task, token, kind: 'completed' })));
    await r.follower.round();
    assert.deepEqual((await r.store.list({ labourer: 'last', state: 'queued', limit: 10 })).tasks, []);
    // Its entries are not kept for good, nor is it among the open ones.
    await r.clock.advance(3 * 60_000);
    await r.jobs.continueOpen();
    assert.equal((await r.store.look(['jobs:open'])).entries[0], undefined);
    await r.clock.advance(7 * 24 * 3_600_000);
    assert.deepEqual((await r.store.look([`job:${id}`, `batch:${id}.0`, `job:${id}:event`])).entries, [undefined, undefined, undefined]);
  });

  it('knows its tasks where a value comes twice as well', async () => {
    const r = jobRig();
    const twice = { lambda_name: 'w0', isolate_sections: true, sections: ['a', 'a', 'b'] };
    const { id } = await r.jobs.run(twice, { run: 'monday' });
    await r.jobs.run(twice, { run: 'tuesday' });
    await r.jobs.cancel(id);
    assert.deepEqual(await states(r), [3, 0, 3]);
  });

  it('cannot be cancelled once it has ended', async () => {
    const r = jobRig();
    const { id } = await r.jobs.run(sections(1), options);
    const { leases } = await r.store.claim({ labourer: 'w0', token: 't', cap: 1, limit: 1, lease: 60_000 });
    await r.store.settle(leases.map(({ id: task }) => ({ labourer: 'w0', id: task, token: 't', kind: 'completed' })));
    await r.follower.round();
    assert.equal((await r.jobs.cancel(id))?.state, 'ended');
  });

  it('while a chunk is on its way that is written after all else was cancelled, has no task left once its scheduler is back', async () => {
    const r = jobRig();
    const big = sections(12_000);
    const { id } = await r.jobs.run(big, { run: 'monday', follow: true, until: 0 });
    let calls = 0;
    const store = enqueuing(r.store, async () => {
      calls += 1;
      if (calls === 20) await r.jobs.cancel(id);
    });
    const run = await jobsOn(r, store).jobs.run(big, { run: 'monday', follow: true });
    assert.equal(run.state, 'cancelled');
    assert.ok(calls < 30, String(calls)); // it did not go on to the end
    const [queued, running, cancelled] = await states(r);
    assert.deepEqual([queued, running], [0, 0]);
    assert.ok((cancelled ?? 0) >= 10_000, String(cancelled));
  });

  it('while others enqueue it, any of them dying anywhere, has no task that is queued in the end', async () => {
    const fate = fc.record({ calls: fc.integer({ min: 1, max: 25 }), side: fc.constantFrom(...sides), turns: fc.nat(12) });
    const wait = async (turns: number): Promise<void> => {
      for (let left = turns; left > 0; left -= 1) await new Promise<void>((resolve) => setImmediate(resolve));
    };
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 3 }), fc.nat(25), async (fates, turns) => {
        const r = jobRig();
        const { id } = await r.jobs.run(event, { ...options, until: 0 });
        const lives = fates.map(async (each) => {
          await wait(each.turns);
          await jobsOn(r, crashing(r.store, each.calls, each.side).store).jobs.run(event, options);
        });
        const cancelling = wait(turns).then(() => r.jobs.cancel(id));
        for (const each of await Promise.allSettled([...lives, cancelling]))
          if (each.status === 'rejected') assert.ok(each.reason instanceof Crash, String(each.reason));
        // What the dead left is found by those who look again.
        await r.jobs.continueOpen();
        const [queued, running] = await states(r);
        assert.deepEqual([queued, running], [0, 0]);
        assert.equal((await r.jobs.find(id))?.state, 'cancelled');
      }),
      { numRuns: 30 },
    );
  });

  it('is cancelled by the next call where the first died, at every call', async () => {
    await atEveryCall(async (n, side) => {
      const r = jobRig();
      const { id } = await r.jobs.run(sections(600), options);
      const hasDied = await jobsOn(r, crashing(r.store, n, side).store)
        .jobs.cancel(id)
        .then(
          () => false,
          () => true,
        );
      if (n % 2 === 0) await r.jobs.cancel(id);
      else await r.jobs.continueOpen();
      const { state } = (await r.jobs.find(id)) ?? {};
      // Before the word was written nobody knows of it.
      if (state === 'cancelled') assert.deepEqual(await states(r), [0, 0, 600], `${n} ${side}`);
      else assert.ok(n <= 5, `${n} ${side}`);
      return hasDied ? 'crashed' : 'through';
    });
    assert.equal((await idsIn(jobRig().store)).length, 0);
  });
});
