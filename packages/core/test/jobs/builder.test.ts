import assert from 'node:assert/strict';
import { createReeve, defineLabourer, inProcessInvoker, type Json, job, memoryStore } from '@reeve/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { z } from 'zod';
import { Crash, crashing, sides } from '../run/crashing.ts';
import { idsIn, jobRig, jobsOn, settings } from './job-rig.ts';

type JobRig = ReturnType<typeof jobRig>;

const payloadsIn = async ({ store }: JobRig): Promise<readonly Json[]> => {
  const all: Json[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ labourer: 'w0', state: 'queued', limit: 1_000, ...(cursor !== undefined && { cursor }) });
    all.push(...page.tasks.map(({ payload }) => JSON.parse(payload) as Json));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return all;
};

async function* later<T>(values: Iterable<T>): AsyncGenerator<T> {
  for (const value of values) {
    await Promise.resolve();
    yield value;
  }
}

const numbered = (count: number, prefix = 'n'): readonly string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe('a builder', () => {
  it('makes the tasks of its levels, in the order in which they are read', async () => {
    const r = jobRig();
    const stores: Readonly<Record<string, readonly string[]>> = { books: ['berlin', 'paris', 'rome'], games: ['oslo'] };
    const asked: unknown[] = [];
    const built = job('w0')
      .with({ currency: 'EUR' })
      .by('section', ['books', 'games'])
      .by('store', (section, outer) => {
        asked.push([section, outer]);
        return later(stores[section] ?? []);
      })
      .chunk(2)
      .over('2_days_back');
    const run = await r.jobs.run(built, { run: 'monday' });
    assert.deepEqual({ ...run, id: '' }, { id: '', run: 'monday', state: 'created', place: 3, total: 3, kept: false });
    const day = new Date(r.clock.now() - 2 * 24 * 3_600_000).toISOString().slice(0, 10);
    const of = (section: string, ...names: readonly string[]) => ({
      currency: 'EUR',
      date_list: [day],
      sections: [section],
      stores: names,
    });
    assert.deepEqual(await payloadsIn(r), [of('books', 'berlin', 'paris'), of('books', 'rome'), of('games', 'oslo')]);
    assert.deepEqual(asked, [
      ['books', { section: 'books' }],
      ['games', { section: 'games' }],
    ]);
    assert.deepEqual(await r.jobs.run(built, { run: 'monday' }), run);
  });

  it('makes each task once for each day that is isolated, reading the values once', async () => {
    const r = jobRig();
    await r.jobs.run(
      job('w0')
        .by('store', later(['a', 'b']))
        .over('last_2_days', { isolate: true }),
      { run: 'x' },
    );
    const [first, second] = [2, 1].map((n) => new Date(r.clock.now() - n * 24 * 3_600_000).toISOString().slice(0, 10));
    const of = (day: unknown, store: string) => ({ date_list: [day], stores: [store] });
    assert.deepEqual(await payloadsIn(r), [of(first, 'a'), of(second, 'a'), of(first, 'b'), of(second, 'b')]);
  });

  it('makes one task without levels, none of no values, and each of values that come twice', async () => {
    const r = jobRig();
    await r.jobs.run(job('w0').with({ all: true }), { run: 'x' });
    assert.deepEqual(await payloadsIn(r), [{ all: true }]);
    const none = await r.jobs.run(job('w0').by('store', []), { run: 'x', finalizer: { labourer: 'last' } });
    assert.deepEqual([none.state, none.total], ['ended', 0]);
    await r.jobs.run(job('w0').by('store', later(['a', 'a', 1, 'a'])), { run: 'y' });
    assert.equal((await payloadsIn(r)).length, 5);
  });

  it('puts each value into exactly one task, in batches of no more than it says, however it is read', async () => {
    const shape = fc.array(fc.array(fc.oneof(fc.string(), fc.integer(), fc.dictionary(fc.string(), fc.boolean()))), { maxLength: 5 });
    const clean = (value: unknown): boolean => !JSON.stringify(value).includes('\\u0000');
    await fc.assert(
      fc.asyncProperty(shape.filter(clean), fc.integer({ min: 1, max: 5 }), fc.boolean(), async (sections, size, isLate) => {
        const r = jobRig();
        const values = (list: readonly Json[]) => (isLate ? later(list) : list);
        const built = job('w0').by('section', values(sections.map((_, n) => n)));
        await r.jobs.run(built.by('store', (n) => values(sections[Number(n)] as readonly Json[])).chunk(size), { run: 'x' });
        const seen = sections.map((): Json[] => []);
        for (const payload of (await payloadsIn(r)) as readonly {
          readonly sections: readonly number[];
          readonly stores: readonly Json[];
        }[]) {
          assert.ok(payload.stores.length >= 1 && payload.stores.length <= size);
          seen[payload.sections[0] ?? -1]?.push(...payload.stores);
        }
        assert.deepEqual(seen, JSON.parse(JSON.stringify(sections)));
      }),
      { numRuns: 100 },
    );
  });
});

describe('a stream that breaks off', () => {
  it('anywhere, any number of times, is read anew, and each task is there once', async () => {
    const fates = fc.array(fc.record({ calls: fc.integer({ min: 1, max: 30 }), side: fc.constantFrom(...sides) }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fates, fc.integer({ min: 0, max: 12_000 }), async (all, count) => {
        const r = jobRig();
        const built = job('w0').by('store', () => later(numbered(count)));
        for (const { calls, side } of all) {
          const { jobs } = jobsOn(r, crashing(r.store, calls, side).store);
          await jobs.run(built, { run: 'x' }).catch((error: unknown) => assert.ok(error instanceof Crash, String(error)));
        }
        const run = await r.jobs.run(built, { run: 'x' });
        assert.deepEqual([run.state, run.place, run.total], ['created', count, count]);
        const ids = await idsIn(r.store);
        assert.deepEqual([ids.length, new Set(ids).size], [count, count]);
      }),
      { numRuns: 15 },
    );
  });

  it('does not go on if it is another by then, and says so', async () => {
    const r = jobRig();
    let isBroken = true;
    const reading = (names: readonly string[]) =>
      job('w0').by('store', async function* () {
        for (const [n, name] of names.entries()) {
          if (isBroken && n === 20_000) throw new Error('the cursor is gone');
          yield name;
        }
      });
    const names = numbered(21_000);
    await assert.rejects(r.jobs.run(reading(names), { run: 'x' }), /the cursor is gone/);
    isBroken = false;
    const there = (await idsIn(r.store)).length;
    assert.ok(there >= 19_500, String(there)); // what was read before is written, and told
    const inserted = [...names.slice(0, 10_000), 'new', ...names.slice(10_000)];
    await assert.rejects(r.jobs.run(reading(inserted), { run: 'x' }), /is another stream than run "x" was begun with.*INVALID_JOB/s);
    await assert.rejects(r.jobs.run(reading(numbered(100)), { run: 'x' }), /is another stream/);
    await assert.rejects(r.jobs.run(reading(numbered(21_000, 'm')), { run: 'x' }), /is another stream/);
    assert.equal((await idsIn(r.store)).length, there);
    assert.deepEqual((await r.jobs.run(reading(names), { run: 'x' })).place, 21_000);
    // So it is after the end: what is another job is not taken for this one.
    await assert.rejects(r.jobs.run(reading(numbered(3, 'm')), { run: 'x' }), /is another stream/);
    assert.equal((await r.jobs.run(reading(names), { run: 'x' })).state, 'created');
    const once = later(['a', 'b']);
    await r.jobs.run(job('w0').by('product', once), { run: 'x' });
    await assert.rejects(r.jobs.run(job('w0').by('product', once), { run: 'x' }), /was read before.*give what is read as a function/s);
  });

  it('by its time or its signal lets go of what it reads, also while it waits for it', async () => {
    const r = jobRig();
    const open = new Set<string>();
    const endless = async function* (): AsyncGenerator<string> {
      open.add('x');
      try {
        for (let n = 0; ; n += 1) {
          if (n === 3_000) await new Promise<void>((resolve) => setImmediate(resolve));
          yield `n${n}`;
        }
      } finally {
        open.delete('x');
      }
    };
    const ended = new AbortController();
    r.events.on('task.enqueued', () => ended.abort());
    const run = await r.jobs.run(job('w0').by('store', endless), { run: 'x', signal: ended.signal });
    assert.equal(run.state, 'creating');
    await new Promise<void>((resolve) => setImmediate(resolve));
    assert.deepEqual([...open], []);
    const never = (): AsyncIterable<string> => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) });
    const stopped = new AbortController();
    const waiting = r.jobs.run(job('w0').by('section', never), { run: 'x', signal: stopped.signal });
    setImmediate(() => stopped.abort());
    assert.deepEqual([(await waiting).state, (await waiting).place], ['creating', 0]);
    const late = r.jobs.run(job('w0').by('section', never), { run: 'y', until: r.clock.now() + 10_000 });
    for (let n = 0; n < 20; n += 1) await new Promise<void>((resolve) => setImmediate(resolve));
    await r.clock.advance(9_600);
    assert.equal((await late).state, 'creating');
  });
});

describe('what a builder refuses', () => {
  it('is told where it is said', () => {
    const values = ['a'];
    const cases: readonly (readonly [() => unknown, RegExp])[] = [
      [() => job('w0').by('stores', values), /by\("stores"\): is no name of an attribute.*in the singular/],
      [() => job('w0').by('', values), /by\(""\): is no name/],
      [() => job('w0').by('store', values).by('store', values), /by\("store"\): comes twice/],
      [() => job('w0').by('store', 5 as never), /by\("store"\): has no values/],
      [() => job('w0').by('store', 'abc' as never), /by\("store"\): has no values/],
      [() => job('w0').chunk(0), /chunk: is 0; give a whole number/],
      [() => job('w0').over(''), /over: is no text/],
      [() => job('w0').over('today', { isolate: 1 as never }), /over: has an isolate that is neither/],
      [() => job('w0').with([] as never), /with: is no object/],
      [() => job('w0').by('store', values).with({ stores: 1 }), /with\.stores: is what a level or the period makes/],
      [() => job('w0').with({ date_list: [] }), /with\.date_list/],
      [() => job('w0').with({ store: 1 }).by('store', values), /by\("store"\): is a member of with\(\) as well/],
    ];
    for (const [call, message] of cases) assert.throws(call, message);
  });

  it('is told before the write that it would pass a limit with', async () => {
    const r = jobRig({ ...settings, limits: { maxTasks: 5_000, maxPayloadBytes: 100 } });
    const refused = async (built: Parameters<typeof r.jobs.run>[0], message: RegExp): Promise<void> => {
      await assert.rejects(r.jobs.run(built, { run: 'x' }), message);
    };
    await refused(job('nobody').by('store', ['a']), /labourer|lambda_name/);
    await refused(job('w0').by('store', ['a']).over('last_weekend'), /last_weekend", which is no period/);
    await refused(job('w0').by('store', numbered(5_001)), /would make 5001 tasks, more than the 5000 allowed/);
    await refused(job('w0').by('store', ['a'.repeat(99)]), /would make a payload of 114 bytes, more than the 100 allowed/);
    await refused(job('w0').by('store', later([1n as never])), /job\.stores\[0\].*PAYLOAD_NOT_JSON/);
    await refused(job('w0').by('store', ['a\u0000']), /job\.stores\[0\]/);
    await refused(
      job('w0').by('store', () => 5 as never),
      /has a function that answers number/,
    );
    assert.deepEqual(await idsIn(r.store), []);
    await refused(
      job('w0').by('store', () => later(numbered(5_001))),
      /makes more than the 5000 tasks allowed/,
    );
    assert.equal((await idsIn(r.store)).length, 5_000);
  });

  it('is a payload that does not fit, before its chunk is written', async () => {
    const schema = z.object({ stores: z.array(z.string().max(5)) });
    const r = jobRig(settings, { w0: { maxSimultaneousInvocations: 1, schema } });
    const built = job('w0').by('store', [...numbered(700), 'too long']);
    await assert.rejects(r.jobs.run(built, { run: 'x' }), /tasks\[700\]\.payload.*PAYLOAD_REFUSED/s);
    assert.equal((await idsIn(r.store)).length, 500);
  });
});

describe('the types of a builder', () => {
  it('are held against the labourer and its schema', async () => {
    const reports = defineLabourer({
      maxSimultaneousInvocations: 1,
      schema: z.object({ stores: z.array(z.string()), date_list: z.array(z.string()) }),
    });
    const labourers = { reports, plain: { maxSimultaneousInvocations: 1 } };
    const reeve = createReeve({ labourers, use: [memoryStore(), inProcessInvoker({ handlers: { reports: () => 1, plain: () => 1 } })] });
    await reeve.runJob(job('reports').by('store', ['berlin']).over('today'), { run: 'x' });
    await reeve.runJob(job('plain').by('thing', [{ any: 1 }]), { run: 'x' });
    await reeve.runJob({ lambda_name: 'plain' }, { run: 'x' });
    // @ts-expect-error: no such labourer
    await assert.rejects(reeve.runJob(job('nobody').by('store', ['berlin']), { run: 'x' }));
    // @ts-expect-error: numbers are no texts
    await assert.rejects(reeve.runJob(job('reports').by('store', [1]).over('today'), { run: 'y' }), /PAYLOAD_REFUSED/);
    // @ts-expect-error: the days are missing
    await assert.rejects(reeve.runJob(job('reports').by('store', ['berlin']), { run: 'x' }), /PAYLOAD_REFUSED/);
    const wrong = (section: number): readonly number[] => [section];
    // @ts-expect-error: a section is a text
    job('reports').by('section', ['books']).by('store', wrong);
    await reeve.close();
  });
});
