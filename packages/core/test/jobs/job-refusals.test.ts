import assert from 'node:assert/strict';
import type { JsonText } from '@reeve/core';
import { describe, it } from 'vitest';
import { z } from 'zod';
import { definitions, idsIn, jobRig, jobsOn, sections, settings } from './job-rig.ts';

describe('what cannot be run', () => {
  it('is refused before anything is written', async () => {
    const r = jobRig({ ...settings, limits: { maxTasks: 10 } });
    const cases: readonly (readonly [Promise<unknown>, RegExp])[] = [
      [r.jobs.run(sections(11), { run: 'monday' }), /would make 11 tasks, more than the 10 allowed/],
      [r.jobs.run(sections(1, { lambda_name: 'nobody' }), { run: 'monday' }), /job\.lambda_name: names no labourer/],
      [r.jobs.run(sections(1), {} as never), /run: undefined is not a text; say which run of the job it is/],
      [r.jobs.run(sections(1), { run: 'x\n' }), /run: the text has a control character/],
      [r.jobs.run(sections(1), { run: 'x', until: 'noon' as never }), /until: is no instant/],
      [r.jobs.run(sections(1), { run: 'x', follow: 1 as never }), /follow: is neither true nor false/],
      [r.jobs.run(sections(1), { run: 'x', follow: false, finalizer: { labourer: 'last' } }), /follow: is false, and a finalizer waits/],
      [r.jobs.run(sections(1), { run: 'x', finalizer: { labourer: 'nobody' } }), /finalizer\.labourer: there is no labourer "nobody"/],
      [r.jobs.run(sections(1), { run: 'x', finalizer: 'last' as never }), /finalizer: is missing/],
      [r.jobs.run('{', { run: 'x' }), /INVALID_JOB/],
      [r.jobs.run(`{"lambda_name":"w0","a":${'['.repeat(70)}${']'.repeat(70)}}`, { run: 'x' }), /has more than 64 levels/],
      [r.jobs.run(sections(1, { note: 'x'.repeat(1_100_000) }), { run: 'x' }), /would make a payload of 11\d{5} bytes/],
    ];
    for (const [call, message] of cases) await assert.rejects(call, message);
    assert.deepEqual(await idsIn(r.store), []);
    assert.deepEqual((await r.store.look(['jobs:open'])).entries, [undefined]);
  });

  it('is refused whole where one payload does not fit its labourer', async () => {
    const schema = z.object({ sections: z.array(z.string().max(4)) }).loose();
    const r = jobRig(settings, { ...definitions, w0: { maxSimultaneousInvocations: 1, schema } });
    await assert.rejects(
      r.jobs.run(sections(2_000, { sections: ['fit', 'too long'] }), { run: 'x' }),
      /tasks\[1\]\.payload.*PAYLOAD_REFUSED/s,
    );
    assert.deepEqual(await idsIn(r.store), []);
    assert.deepEqual((await r.store.look(['jobs:open'])).entries, [undefined]);
    assert.equal((await r.jobs.run(sections(0, { sections: ['fit'] }), { run: 'x' })).state, 'created');
  });

  it('takes a store with a Register, and one with an Outbox if it is followed', async () => {
    const r = jobRig();
    const without = jobsOn(r, r.store, settings, { kept: undefined, follower: undefined }).jobs;
    await assert.rejects(without.run(sections(1), { run: 'x' }), /runJob: nothing in this composition provides Register.*PART_MISSING/);
    await assert.rejects(without.run(sections(1), { run: 'x', follow: true }), /provides Outbox.*PART_MISSING/);
    await assert.rejects(without.continueOpen(), /continueJobs: .*PART_MISSING/);
    await assert.rejects(without.find('x'), /PART_MISSING/);
    await assert.rejects(without.cancel('x'), /PART_MISSING/);
  });

  it('that a newer version wrote is told, and left alone', async () => {
    const r = jobRig();
    const { id } = await r.jobs.run(sections(1), { run: 'x', until: 0 });
    await r.store.change([{ name: `job:${id}`, value: '{"v":2}' as JsonText, stamp: 's' }]);
    await assert.rejects(r.jobs.run(sections(1), { run: 'x' }), /JOB_UNREADABLE/);
    assert.deepEqual(await r.jobs.continueOpen(), []);
    assert.deepEqual(
      r.named('job.failed').map((each) => each.id),
      [id],
    );
  });
});
