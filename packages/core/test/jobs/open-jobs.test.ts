import assert from 'node:assert/strict';
import type { JsonText } from '@reeve/core';
import { describe, it } from 'vitest';
import { idsIn, jobRig, jobsOn, sections } from './job-rig.ts';

describe('the jobs that are open', () => {
  it('are kept unless they are long, or there are many: then they go on with the same call', async () => {
    const r = jobRig();
    const long = sections(1, { note: '"'.repeat(12_300) }); // each is written with four characters
    const run = await r.jobs.run(long, { run: 'x', until: 0 });
    assert.deepEqual([run.state, run.kept], ['creating', false]);
    assert.deepEqual(await r.jobs.continueOpen(), []);
    await r.store.change([
      { name: 'jobs:open', value: JSON.stringify(Array.from({ length: 500 }, (_, n) => `job-${n}`)) as JsonText, stamp: 's' },
    ]);
    assert.equal((await r.jobs.run(sections(1), { run: 'x', until: 0 })).kept, false);
    assert.equal((await r.jobs.run(sections(1), { run: 'x' })).state, 'created');
    assert.equal((await r.jobs.run(long, { run: 'x' })).state, 'created');
    // Of the others nobody knows anything.
    await r.jobs.continueOpen();
    assert.deepEqual((await r.store.look(['jobs:open'])).entries, [undefined]);
  });

  it('do not become others where the rules have changed', async () => {
    const r = jobRig();
    const { id } = await r.jobs.run(sections(2), { run: 'x', until: 0 });
    const other = jobsOn(r, r.store, { job_schema: { chunkable_attrs: ['section'] } }).jobs;
    assert.deepEqual(await other.continueOpen(), []);
    assert.match(String(r.named('job.failed')[0]?.error), /is another under the rules that there are now/);
    assert.deepEqual(await idsIn(r.store), []);
    // Not even its entry is there: what it takes to begin it is kept, and nothing else of that comes into the entry.
    await r.store.change([{ name: `job:${id}`, stamp: 's' }]);
    assert.deepEqual(
      (await r.jobs.continueOpen()).map(({ state }) => state),
      ['created'],
    );
    const [entry] = (await r.store.look([`job:${id}`])).entries;
    assert.deepEqual(Object.keys(JSON.parse(entry?.value ?? '{}') as object).sort(), [
      'created',
      'fingerprint',
      'labourer',
      'now',
      'place',
      'run',
      'total',
      'v',
    ]);
  });

  it('go on one after the other, and one that cannot holds up none', async () => {
    const r = jobRig();
    for (const run of ['a', 'b', 'c']) await r.jobs.run(sections(1), { run, until: 0 });
    const { id } = await r.jobs.run(sections(1), { run: 'b', until: 0 });
    await r.store.change([
      { name: `job:${id}:event`, value: '{"v":1,"text":"{}","run":"b","now":0,"isFollowed":false}' as JsonText, stamp: 's' },
    ]);
    assert.deepEqual(
      (await r.jobs.continueOpen()).map(({ run, state }) => `${run} ${state}`),
      ['a created', 'c created'],
    );
    assert.deepEqual(
      r.named('job.failed').map((each) => each.id),
      [id],
    );
    await r.jobs.run(sections(1), { run: 'd', until: 0 });
    assert.deepEqual(await r.jobs.continueOpen({ until: 0 }), []);
  });
});
