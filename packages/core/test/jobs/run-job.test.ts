import assert from 'node:assert/strict';
import { createReeve, inProcessInvoker, jobIdOf, memoryStore, planJob, taskIdOf } from '@reeve/core';
import { describe, it } from 'vitest';
import { definitions, enqueuing, idsIn, jobRig, jobsOn, sections, settings } from './job-rig.ts';

const DAY = 24 * 3_600_000;

describe('a run of a job', () => {
  it('enqueues each of its tasks once, under the ids that follow from it, however often it is called', async () => {
    const r = jobRig();
    const plan = planJob(sections(1_234), { ...settings, labourers: ['w0'], now: r.clock.now() });
    const id = jobIdOf(plan, 'monday');
    const run = await r.jobs.run(sections(1_234), { run: 'monday' });
    assert.deepEqual(run, { id, run: 'monday', state: 'created', place: 1_234, total: 1_234, kept: false });
    assert.deepEqual(await r.jobs.run(sections(1_234), { run: 'monday' }), run);
    const ids = [...plan.tasks()].map((task) => taskIdOf(id, task));
    assert.deepEqual(new Set(await idsIn(r.store)), new Set(ids));
    assert.equal((await idsIn(r.store)).length, 1_234);
    await r.jobs.run(sections(1_234), { run: 'tuesday' });
    assert.equal((await idsIn(r.store)).length, 2_468);
    assert.deepEqual(await r.jobs.find(id), { id, run: 'monday', labourer: 'w0', state: 'created', created: 1_234, total: 1_234 });
    assert.equal(await r.jobs.find('none'), undefined);
    await r.clock.advance(7 * DAY);
    assert.equal(await r.jobs.find(id), undefined);
  });

  it('stops before its time is up, says how far it is, and goes on there', async () => {
    const r = jobRig();
    // Each call of the store takes a second.
    const slow = enqueuing(r.store, () => r.clock.advance(1_000));
    const event = sections(100, { period: 'last_100_days', isolate_days: true }); // 10,000 tasks of a short text
    const run = await jobsOn(r, slow).jobs.run(event, { run: 'monday', until: new Date(r.clock.now() + 15_000) });
    assert.equal(run.state, 'creating');
    assert.equal(run.kept, true);
    assert.ok(run.place > 0 && run.place < 10_000 && (await idsIn(r.store)).length === run.place, JSON.stringify(run));
    const [again, ...others] = await r.jobs.continueOpen();
    assert.deepEqual([again?.state, again?.place, others], ['created', 10_000, []]);
    assert.deepEqual(await r.jobs.continueOpen(), []);
    assert.equal((await idsIn(r.store)).length, 10_000);
  });

  it('stops when its signal aborts, and does not begin a chunk after that', async () => {
    const r = jobRig();
    const ended = new AbortController();
    let calls = 0;
    const store = enqueuing(r.store, async () => {
      calls += 1;
      if (calls === 10) ended.abort();
    });
    const run = await jobsOn(r, store).jobs.run(sections(20_000), { run: 'monday', signal: ended.signal });
    assert.deepEqual([run.state, run.place, calls], ['creating', 5_000, 10]);
    assert.equal((await r.jobs.run(sections(20_000), { run: 'monday', signal: ended.signal })).state, 'creating');
  });

  it('is not taken back by one that is behind, which stops when it hears that all is done', async () => {
    const r = jobRig();
    const event = sections(20_000);
    let calls = 0;
    const store = enqueuing(r.store, async () => {
      calls += 1;
      if (calls === 5) await r.jobs.run(event, { run: 'monday' });
    });
    const run = await jobsOn(r, store).jobs.run(event, { run: 'monday' });
    assert.deepEqual([run.state, run.place], ['created', 20_000]);
    assert.equal((await r.jobs.find(run.id))?.created, 20_000);
    assert.ok(calls < 35, String(calls));
    assert.equal((await idsIn(r.store)).length, 20_000);
  });

  it('goes on with the days of the day on which it was begun', async () => {
    const r = jobRig();
    const event = sections(3, { period: 'yesterday' });
    await r.jobs.run(event, { run: 'monday', until: 0 });
    await r.clock.advance(DAY);
    await r.jobs.run(event, { run: 'monday' });
    const days = (await r.store.list({ labourer: 'w0', state: 'queued', limit: 10 })).tasks.map(
      ({ payload }) => JSON.parse(payload) as never,
    );
    const yesterday = new Date(r.clock.now() - 2 * DAY).toISOString().slice(0, 10);
    for (const { date_list } of days as readonly { readonly date_list: unknown }[]) assert.deepEqual(date_list, [yesterday]);
    assert.equal(days.length, 3);
  });

  it('does not go on with the same tasks in another order, or with others, whose places are not those that are there', async () => {
    const r = jobRig();
    const event = { lambda_name: 'w0', isolate_sections: true, sections: { a: null, b: null } };
    await r.jobs.run(event, { run: 'monday', until: 0 });
    const turned = { ...event, sections: { b: null, a: null } };
    await assert.rejects(r.jobs.run(turned, { run: 'monday' }), /INVALID_JOB/);
    await assert.rejects(jobsOn(r, r.store, { ...settings, sosw: '0.7.31' }).jobs.run(event, { run: 'monday' }), /under the same rules/);
    assert.deepEqual(await idsIn(r.store), []);
    await r.jobs.run(event, { run: 'monday' });
    // Now that it is created it is the same job, whatever its order.
    assert.equal((await r.jobs.run(turned, { run: 'monday' })).state, 'created');
  });

  it('gives tasks what their labourer has for those that are given nothing', async () => {
    const r = jobRig(settings, { ...definitions, w0: { maxSimultaneousInvocations: 1, priority: 7, expireAfter: 60_000 } });
    await r.jobs.run(sections(1), { run: 'monday' });
    const [task] = (await r.store.list({ labourer: 'w0', state: 'queued', limit: 10 })).tasks;
    assert.deepEqual([task?.priority, task?.state === 'queued' && task.expiresAt], [7, r.clock.now() + 60_000]);
  });
});

describe('a job that is followed', () => {
  it('counts how its tasks end, part by part, and ends with the last', async () => {
    const r = jobRig();
    const count = 20_500; // two parts
    const run = await r.jobs.run(sections(count), { run: 'monday', finalizer: { labourer: 'last' } });
    assert.equal(run.state, 'created');
    const ended = async (limit: number): Promise<void> => {
      const { leases } = await r.store.claim({ labourer: 'w0', token: r.chance.id(), cap: 100_000, limit, lease: 60_000 });
      await r.store.settle(leases.map(({ id, token }) => ({ labourer: 'w0', id, token, kind: 'completed' })));
      while ((await r.follower.round()).more);
    };
    await ended(20_200);
    const counts = { completed: 20_200, dead: 0, cancelled: 0, dropped: 0 };
    const progress = { id: run.id, run: 'monday', labourer: 'w0', state: 'created', created: count, total: count, ...counts };
    assert.deepEqual(await r.jobs.find(run.id), progress);
    const queued = await r.store.list({ labourer: 'w0', state: 'queued', limit: 1 });
    await r.store.cancel(queued.tasks);
    await ended(20_000);
    assert.deepEqual(await r.jobs.find(run.id), { ...progress, state: 'ended', completed: count - 1, cancelled: 1 });
    const [last, ...others] = (await r.store.list({ labourer: 'last', state: 'queued', limit: 10 })).tasks;
    const told = { job: run.id, run: 'monday', total: count, ...counts, completed: count - 1, cancelled: 1 };
    assert.deepEqual([JSON.parse(last?.payload ?? ''), others], [told, []]);
    await r.clock.advance(7 * DAY);
    const names = [`job:${run.id}`, ...[0, 1].map((part) => `batch:${run.id}.${part}`)];
    assert.deepEqual((await r.store.look(names)).entries, [undefined, undefined, undefined]);
  });

  it('need not have a finalizer', async () => {
    const r = jobRig();
    const { id } = await r.jobs.run(sections(2), { run: 'monday', follow: true });
    assert.deepEqual([(await r.jobs.find(id))?.state, (await r.jobs.find(id))?.completed], ['created', 0]);
    await r.store.cancel((await r.store.list({ labourer: 'w0', state: 'queued', limit: 10 })).tasks);
    await r.follower.round();
    assert.deepEqual([(await r.jobs.find(id))?.state, (await r.jobs.find(id))?.cancelled], ['ended', 2]);
  });
});

describe('the facade', () => {
  it('refuses rules that no job could keep to', () => {
    const compose = (jobs: unknown) =>
      createReeve({
        labourers: definitions,
        jobs: jobs as never,
        use: [memoryStore(), inProcessInvoker({ handlers: { w0: () => 1, last: () => 1 } })],
      });
    const wrong = {
      job_schema: { chunkable_attrs: ['stores'] },
      job_schema_variants: { other: {} },
      timeZone: '+01:00',
      limits: { maxTasks: 0 },
      sosw: '1',
    };
    const told = [
      /jobs\.job_schema\.chunkable_attrs\[0\]: is "stores"/,
      /jobs\.job_schema_variants\.other\.chunkable_attrs: is missing/,
      /jobs\.timeZone: is "\+01:00"/,
      /jobs\.limits\.maxTasks: is 0/,
      /jobs\.sosw/,
    ];
    for (const message of told) assert.throws(() => compose(wrong), message);
    assert.throws(() => compose('none'), /jobs: is no object.*INVALID_COMPOSITION/s);
    assert.throws(() => compose({ job_schema_variants: [] }), /jobs\.job_schema_variants: is no object/);
    compose({ timeZone: 'Europe/Berlin', job_schema_variants: { other: { chunkable_attrs: [] } } });
  });

  it('runs a job from end to end', async () => {
    const seen: unknown[] = [];
    const handlers = { w0: () => 1, last: (payload: unknown) => void seen.push(payload) };
    const reeve = createReeve({ labourers: definitions, jobs: settings, use: [memoryStore(), inProcessInvoker({ handlers })] });
    const { id } = await reeve.runJob(sections(3), { run: 'monday', finalizer: { labourer: 'last', payload: 7 } });
    for (let n = 0; n < 3; n += 1) await reeve.tick();
    assert.deepEqual(seen, [{ job: id, run: 'monday', total: 3, completed: 3, dead: 0, cancelled: 0, dropped: 0, payload: 7 }]);
    assert.equal((await reeve.job(id))?.state, 'ended');
    assert.equal((await reeve.cancelJob(id))?.state, 'ended');
    assert.deepEqual(await reeve.continueJobs(), []);
    await reeve.close();
  });
});
