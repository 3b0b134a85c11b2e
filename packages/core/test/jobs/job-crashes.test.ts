import assert from 'node:assert/strict';
import type { Finalizer, MemoryTaskStore, Verdict } from '@reeve/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { atEveryCall, Crash, crashing, sides } from '../run/crashing.ts';
import { enqueuing, idsIn, jobRig, jobsOn, sections } from './job-rig.ts';

type JobRig = ReturnType<typeof jobRig>;

const COUNT = 700; // two chunks
const event = sections(COUNT);
const finalizer: Finalizer = { labourer: 'last', payload: 'all' };
const options = { run: 'monday', finalizer };

/** All that is due ends: those of section 1 dead, the others completed. */
const endAll = async ({ store, chance }: JobRig): Promise<void> => {
  const { leases } = await store.claim({ labourer: 'w0', token: chance.id(), cap: 100_000, limit: 100_000, lease: 60_000 });
  await store.settle(
    leases.map(({ id, token, payload }): Verdict => {
      const ref = { labourer: 'w0', id, token };
      return payload.includes('"s1"') ? { ...ref, kind: 'dead', error: 'x' } : { ...ref, kind: 'completed' };
    }),
  );
};

const follow = async ({ follower }: Pick<JobRig, 'follower'>): Promise<void> => {
  while ((await follower.round()).more);
};

const finalizers = async (store: MemoryTaskStore): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  (await store.list({ labourer: 'last', state: 'queued', limit: 10 })).tasks.map(({ payload }) => JSON.parse(payload) as never);

const told = { run: 'monday', total: COUNT, completed: COUNT - 1, dead: 1, cancelled: 0, dropped: 0, payload: 'all' };

const died = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => false,
    (error: unknown) => {
      if (!(error instanceof Crash)) throw error;
      return true;
    },
  );

const assertWhole = async (r: JobRig, why: string): Promise<void> => {
  const ids = await idsIn(r.store);
  assert.deepEqual([ids.length, new Set(ids).size], [COUNT, COUNT], why);
  const [{ job, ...rest } = {}, ...others] = await finalizers(r.store);
  assert.deepEqual([rest, others.length], [told, 0], why);
  assert.deepEqual(await r.jobs.find(String(job)), { id: job, labourer: 'w0', state: 'ended', created: COUNT, ...pick(rest) }, why);
  assert.deepEqual(await r.store.outbox(['w0'], 10), []);
  assert.deepEqual(r.named('follow.failed'), []);
};

const pick = ({ payload: _, ...rest }: Readonly<Record<string, unknown>>): object => rest;

describe('a scheduler that dies', () => {
  it('leaves what the same call completes, at every call, and the finalizer runs once', async () => {
    const crashes = await atEveryCall(async (n, side) => {
      const r = jobRig();
      const hasDied = await died(jobsOn(r, crashing(r.store, n, side).store).jobs.run(event, options));
      // Tasks that are there run meanwhile, and all of them may have ended: it must not end before it is created.
      await endAll(r);
      await follow(r);
      const { state = 'creating' } = (await r.jobs.find((await r.jobs.run(event, { ...options, until: 0 })).id)) ?? {};
      assert.ok((await finalizers(r.store)).length === 0 || state === 'ended', `${n} ${side}`);
      await r.jobs.run(event, options);
      await endAll(r);
      await follow(r);
      await assertWhole(r, `${n} ${side}`);
      assert.deepEqual(await r.jobs.continueOpen(), []);
      return hasDied ? 'crashed' : 'through';
    });
    assert.ok(crashes >= 10, String(crashes));
  });

  it('leaves what continueJobs completes, once it is listed', async () => {
    await atEveryCall(async (n, side) => {
      const r = jobRig();
      const hasDied = await died(jobsOn(r, crashing(r.store, n, side).store).jobs.run(event, options));
      const isListed = (await r.store.look(['jobs:open'])).entries[0] !== undefined;
      await r.jobs.continueOpen();
      await endAll(r);
      await follow(r);
      // One that is not listed has made nothing yet, or is over.
      if (isListed || !hasDied || (await idsIn(r.store)).length > 0) await assertWhole(r, `${n} ${side}`);
      assert.equal((await r.store.look(['jobs:open'])).entries[0], undefined);
      assert.deepEqual(r.named('job.failed'), []);
      return hasDied ? 'crashed' : 'through';
    });
  });

  it('while it counts the ends, at every call, loses none and doubles none', async () => {
    await atEveryCall(async (n, side) => {
      const r = jobRig();
      await r.jobs.run(event, options);
      await endAll(r);
      const hasDied = await died(follow(jobsOn(r, crashing(r.store, n, side).store)));
      await follow(r);
      await assertWhole(r, `${n} ${side}`);
      return hasDied ? 'crashed' : 'through';
    });
  });

  it('does not bring back tasks that have ended and that the store has forgotten', async () => {
    const r = jobRig();
    // It dies before it says how far it is.
    const { store } = crashing(r.store, 9, 'after');
    assert.ok(await died(jobsOn(r, store).jobs.run(event, options)));
    const there = (await idsIn(r.store)).length;
    assert.ok(there > 0);
    await endAll(r);
    await follow(r);
    await r.clock.advance(8 * 24 * 3_600_000);
    while ((await r.store.maintain(['w0'])).more);
    assert.equal((await idsIn(r.store)).length, 0);
    await r.jobs.run(event, options);
    assert.equal((await idsIn(r.store)).length, COUNT - there);
    await endAll(r);
    await follow(r);
    const [{ job: _, ...rest } = {}] = await finalizers(r.store);
    assert.deepEqual(rest, told);
  });
});

describe('a store that fails now and then', () => {
  it('loses no task, whichever calls fail: the place does not go past a chunk that was not written', async () => {
    const count = 9_700;
    const all = sections(count);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (failing, isFollowed) => {
          const r = jobRig();
          let calls = 0;
          const store = enqueuing(r.store, async () => {
            calls += 1;
            if (failing.includes(calls)) throw new Crash(`call ${calls}`);
          });
          const { jobs } = jobsOn(r, store);
          const go = { run: 'x', follow: isFollowed };
          for (const _ of failing) await died(jobs.run(all, go));
          const run = await jobs.run(all, go);
          assert.deepEqual([run.state, run.place], ['created', count]);
          assert.equal((await idsIn(r.store)).length, count);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('several schedulers at one job', () => {
  it('with others that count ends, any of them dying anywhere: each task is there once, and the finalizer runs once', async () => {
    const fate = fc.record({ calls: fc.integer({ min: 1, max: 60 }), side: fc.constantFrom(...sides), schedules: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { minLength: 2, maxLength: 5 }), async (fates) => {
        const r = jobRig();
        const lives = fates.map(async ({ calls, side, schedules }) => {
          const process = jobsOn(r, crashing(slowed(r.store, calls), calls, side).store);
          if (schedules) await process.jobs.run(event, options);
          for (let rounds = 0; rounds < 3; rounds += 1) {
            await endAll(r);
            await follow(process);
            await process.jobs.continueOpen();
          }
        });
        for (const each of await Promise.allSettled(lives))
          if (each.status === 'rejected') assert.ok(each.reason instanceof Crash, String(each.reason));
        await r.jobs.run(event, options);
        await endAll(r);
        await follow(r);
        await assertWhole(r, 'at the end');
      }),
      { numRuns: 40 },
    );
  });
});

/** As a network has it: some turns of the event loop go by before a call is carried out, and before its answer is there. */
const slowed = (store: MemoryTaskStore, seed: number): MemoryTaskStore => {
  let state = seed * 2_654_435_761;
  const pass = async (): Promise<void> => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    for (let left = state % 5; left > 0; left -= 1) await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        await pass();
        const answer: unknown = await Reflect.apply(member, target, args);
        await pass();
        return answer;
      };
    },
  });
};
