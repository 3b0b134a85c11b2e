import assert from 'node:assert/strict';
import { Assistant, type JsonText, ReeveError } from '@reeve/core';
import { describe, it } from 'vitest';
import { rig } from './rig.ts';

const open = async (ids: readonly string[] = ['1']) => {
  const r = rig({
    labourers: {
      a: { maxSimultaneousInvocations: 100, maxAttempts: 2, lease: { duration: 800, cooldown: 200 }, retry: { kind: 'linear', step: 100 } },
    },
  });
  await r.store.enqueue(ids.map((id) => ({ labourer: 'a', id, payload: '{}' as JsonText })));
  const claim = async () => (await r.store.claim({ labourer: 'a', token: r.chance.id(), cap: 100, limit: 100, lease: 1_000 })).leases;
  return { ...r, claim, assistant: new Assistant({ ...r, reader: r.store }), find: (id: string) => r.store.find({ labourer: 'a', id }) };
};

describe('what workers report to', () => {
  it('done: keeps result and statistics', async () => {
    const t = await open();
    const [lease] = await t.claim();
    assert.ok(lease);
    assert.equal(await t.assistant.done(lease, { result: { pages: 3 }, stats: { ms: 12 } }), 'applied');
    const task = await t.find('1');
    assert.deepEqual(task?.state === 'completed' && [task.result, task.stats], ['{"pages":3}', '{"ms":12}']);
    assert.equal(await t.assistant.done(lease), 'repeated');
  });

  it('failed: retried by the policy, dead after the last attempt', async () => {
    const t = await open();
    const [first] = await t.claim();
    assert.ok(first);
    assert.equal(await t.assistant.failed(first, { error: new Error('boom') }), 'applied');
    const queued = await t.find('1');
    assert.deepEqual(queued?.state === 'queued' && [queued.due, queued.lastError], [t.clock.now() + 100, 'boom']);
    await t.clock.advance(100);
    const [second] = await t.claim();
    assert.ok(second);
    assert.equal(await t.assistant.failed(second, { error: 'again' }), 'applied');
    assert.equal((await t.find('1'))?.state, 'dead');
    assert.equal(await t.assistant.failed(second, { error: 'again' }), 'repeated');
    assert.equal(await t.assistant.failed(first, { error: 'late' }), 'stale');
  });

  it('failed for good: dead at once; failed with a wait of its own: due after it', async () => {
    const t = await open(['1', '2']);
    const [one, two] = await t.claim();
    assert.ok(one && two);
    await t.assistant.failed(one, { error: 'no such page', retryable: false });
    await t.assistant.failed(two, { error: 'quota', retryAfter: 5_000 });
    assert.equal((await t.find('1'))?.state, 'dead');
    const waiting = await t.find('2');
    assert.equal(waiting?.state === 'queued' && waiting.due, t.clock.now() + 5_000);
  });

  it('a heartbeat gives the lease its full length again, and tells when it is lost', async () => {
    const t = await open();
    const [lease] = await t.claim();
    assert.ok(lease);
    await t.clock.advance(900);
    assert.deepEqual(await t.assistant.heartbeat(lease), { alive: true, deadline: t.clock.now() + 1_000 });
    await t.clock.advance(1_000);
    assert.deepEqual(await t.assistant.heartbeat(lease), { alive: false });
  });

  it('a report with a forged or an old token changes nothing', async () => {
    const t = await open();
    const [lease] = await t.claim();
    assert.ok(lease);
    assert.equal(await t.assistant.done({ ...lease, token: 'forged' }), 'stale');
    assert.equal(await t.assistant.failed({ ...lease, token: 'forged' }, { error: 'x' }), 'stale');
    assert.equal((await t.find('1'))?.state, 'running');
  });

  it('reports that arrive together go to the store in one call', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => String(n));
    const t = await open(ids);
    const leases = await t.claim();
    const sizes: number[] = [];
    const settle = t.store.settle.bind(t.store);
    t.store.settle = async (verdicts) => {
      sizes.push(verdicts.length);
      return settle(verdicts);
    };
    const outcomes = await Promise.all(leases.map((each) => t.assistant.done(each)));
    assert.deepEqual(sizes, [40]);
    assert.ok(outcomes.every((each) => each === 'applied'));
  });

  it('heartbeats that arrive together, too', async () => {
    const t = await open(Array.from({ length: 40 }, (_, n) => String(n)));
    const leases = await t.claim();
    const sizes: number[] = [];
    const renew = t.store.renew.bind(t.store);
    t.store.renew = async (renewals) => {
      sizes.push(renewals.length);
      return renew(renewals);
    };
    const answers = await Promise.all(leases.map((each) => t.assistant.heartbeat(each)));
    assert.deepEqual(sizes, [40]);
    assert.ok(answers.every(({ alive }) => alive));
  });

  it('takes the word of an attempt that is expired and that nobody has reaped, by its own policy', async () => {
    const t = await open(['1', '2', '3']);
    const [one, two, three] = await t.claim();
    assert.ok(one && two && three);
    await t.clock.advance(1_000);
    assert.equal(await t.assistant.done(one), 'applied');
    assert.equal(await t.assistant.failed(two, { error: 'late' }), 'applied');
    const queued = await t.find('2');
    assert.deepEqual(queued?.state === 'queued' && [queued.due, queued.lastError], [t.clock.now() + 100, 'late']);
    assert.equal(await t.assistant.failed(three, { error: 'no use', retryable: false }), 'applied');
    assert.equal((await t.find('3'))?.state, 'dead');
  });

  it('refuses texts of a report that are too long or not JSON, and bounds its error', async () => {
    const t = await open();
    const [lease] = await t.claim();
    assert.ok(lease);
    const json = (text: unknown) => text as JsonText;
    for (const [report, code] of [
      [{ kind: 'done', result: json(`"${'x'.repeat(256 * 1024)}"`) }, 'PAYLOAD_TOO_LARGE'],
      [{ kind: 'done', result: json('{"a":') }, 'PAYLOAD_NOT_JSON'],
      [{ kind: 'done', stats: json('"\ud800"') }, 'PAYLOAD_NOT_JSON'],
      [{ kind: 'done', stats: json({ ms: 1 }) }, 'PAYLOAD_NOT_JSON'],
    ] as const)
      await assert.rejects(t.assistant.report(lease, report), (error) => ReeveError.is(error, code));
    assert.equal((await t.find('1'))?.state, 'running');
    assert.equal(await t.assistant.report(lease, { kind: 'failed', error: `\u0000${'x'.repeat(5_000)}` }), 'applied');
    const task = await t.find('1');
    assert.match((task?.state === 'queued' && task.lastError) || '', /^\ufffdx{2000,2048}…$/);
  });

  it('refuses what it cannot keep or does not know, and changes nothing', async () => {
    const t = await open();
    const [lease] = await t.claim();
    assert.ok(lease);
    await assert.rejects(
      t.assistant.done(lease, { result: { total: 10n } }),
      (error) => ReeveError.is(error, 'PAYLOAD_NOT_JSON') && /result\.total/.test(error.message),
    );
    await assert.rejects(t.assistant.done({ ...lease, labourer: 'other' }), (error) => ReeveError.is(error, 'UNKNOWN_LABOURER'));
    await assert.rejects(t.assistant.done({ ...lease, token: '' }), (error) => ReeveError.is(error, 'INVALID_ATTEMPT'));
    await assert.rejects(t.assistant.heartbeat(null as never), (error) => ReeveError.is(error, 'INVALID_ATTEMPT'));
    assert.equal((await t.find('1'))?.state, 'running');
  });
});
