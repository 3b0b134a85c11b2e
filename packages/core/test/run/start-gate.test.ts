import assert from 'node:assert/strict';
import { Assistant, type Change, createReeve, Events, inProcessInvoker, type JsonText, memoryStore, ReeveError } from '@reeve/core';
import { describe, it } from 'vitest';
import { rig } from './rig.ts';

const LEASE = 1_000;

const open = async ({ lease = LEASE }: { readonly lease?: number } = {}) => {
  const r = rig({ labourers: { a: { maxSimultaneousInvocations: 9, lease: { duration: lease - 200, cooldown: 200 } } } });
  await r.store.enqueue([{ labourer: 'a', id: '1', payload: '{}' as JsonText }]);
  const changes: Change[] = [];
  const register = {
    change: async (asked: readonly Change[]) => {
      changes.push(...asked);
      return r.store.change(asked);
    },
  };
  const claim = async () => {
    const { leases } = await r.store.claim({ labourer: 'a', token: r.chance.id(), cap: 9, limit: 9, lease: LEASE });
    assert.ok(leases[0]);
    return leases[0];
  };
  const refused: unknown[] = [];
  r.events.on('start.refused', (event) => refused.push(event));
  r.events.on('message.refused', ({ error }) => refused.push(error.code));
  return { ...r, changes, claim, refused, assistant: () => new Assistant({ ...r, reader: r.store, register }) };
};

describe('the start gate', () => {
  it('lets one delivery of an attempt begin, whichever process it asks', async () => {
    const t = await open();
    const lease = await t.claim();
    const answers = await Promise.all(Array.from({ length: 9 }, (_, n) => t.assistant().start(lease, `d${n}`)));
    assert.equal(answers.filter(({ begin }) => begin).length, 1);
    const own = answers.findIndex(({ begin }) => begin);
    assert.deepEqual(answers[own], { begin: true, deadline: lease.deadline, left: LEASE });
    assert.deepEqual(answers[(own + 1) % 9], { begin: false, why: 'started' });
    assert.equal(t.changes.length, 9);
    assert.equal(t.refused.length, 8);
    assert.deepEqual(t.refused[0], { labourer: 'a', id: '1', why: 'started' });
  });

  it('asks of one process that come together cost one call, and are told apart', async () => {
    const t = await open();
    const lease = await t.claim();
    const assistant = t.assistant();
    const answers = await Promise.all(['x', 'y', 'z'].map((delivery) => assistant.start(lease, delivery)));
    assert.deepEqual(answers.filter(({ begin }) => begin).length, 1);
  });

  it('answers the same delivery the same', async () => {
    const t = await open();
    const lease = await t.claim();
    assert.equal((await t.assistant().start(lease, 'd')).begin, true);
    await t.clock.advance(300);
    assert.deepEqual(await t.assistant().start(lease, 'd'), { begin: true, deadline: lease.deadline, left: LEASE - 300 });
    assert.deepEqual(await t.assistant().start(lease, 'e'), { begin: false, why: 'started' });
  });

  it('writes nothing for a forged token, an unknown task, or an attempt that is over', async () => {
    const t = await open();
    const lease = await t.claim();
    const over = { begin: false, why: 'over' };
    assert.deepEqual(await t.assistant().start({ ...lease, token: 'forged' }, 'd'), over);
    assert.deepEqual(await t.assistant().start({ ...lease, id: 'none' }, 'd'), over);
    await t.assistant().done(lease);
    assert.deepEqual(await t.assistant().start(lease, 'd'), over);
    assert.deepEqual(t.changes, []);
    assert.equal(await t.store.find({ labourer: 'a', id: 'none' }), undefined);
    await assert.rejects(t.assistant().start({ ...lease, labourer: 'x' }, 'd'), (error) => ReeveError.is(error, 'UNKNOWN_LABOURER'));
    await assert.rejects(t.assistant().start(lease, ''), (error) => ReeveError.is(error, 'INVALID_MESSAGE'));
  });

  it('begins nothing at the instant at which the lease ends, nor after it', async () => {
    const t = await open();
    const lease = await t.claim();
    await t.clock.advance(LEASE - 1);
    assert.equal((await t.assistant().start(lease, 'd')).begin, true);
    const u = await open();
    const other = await u.claim();
    await u.clock.advance(LEASE);
    assert.deepEqual(await u.assistant().start(other, 'd'), { begin: false, why: 'over' });
  });

  it('begins nothing that is to be cancelled', async () => {
    const t = await open();
    const lease = await t.claim();
    await t.foreman.cancel([lease]);
    assert.deepEqual(await t.assistant().start(lease, 'd'), { begin: false, why: 'cancelled' });
  });

  it('a second attempt begins on its own, and the first does no more', async () => {
    const t = await open();
    const first = await t.claim();
    assert.equal((await t.assistant().start(first, 'd')).begin, true);
    await t.clock.advance(LEASE);
    await t.scavenger.sweep();
    await t.clock.advance(300_000);
    const second = await t.claim();
    assert.equal((await t.assistant().start(second, 'd')).begin, true);
    assert.deepEqual(await t.assistant().start(first, 'd'), { begin: false, why: 'over' });
  });

  it('lets no late delivery in while heartbeats keep the lease alive, with its first deadline or without', async () => {
    for (const sent of [{}, { deadline: undefined }]) {
      const t = await open();
      const lease = await t.claim();
      const { labourer, id, token, deadline } = lease;
      const attempt = 'deadline' in sent ? { labourer, id, token } : { labourer, id, token, deadline };
      const assistant = t.assistant();
      assert.equal((await assistant.start(attempt, 'first')).begin, true);
      for (let n = 0; n < 20; n += 1) {
        await t.clock.advance(LEASE / 2);
        assert.equal((await assistant.heartbeat(attempt)).alive, true);
        assert.equal((await assistant.start(attempt, `late${n}`)).begin, false);
      }
    }
  });

  it('remembers for as long as the lease was when it was claimed, whatever it is now', async () => {
    const t = await open({ lease: 300 });
    const lease = await t.claim();
    assert.equal((await t.assistant().start(lease, 'first')).begin, true);
    await t.clock.advance(LEASE - 1);
    assert.deepEqual(await t.assistant().start(lease, 'second'), { begin: false, why: 'started' });
  });

  it('leaves entries that are forgotten, of a size that does not grow with names', async () => {
    const t = await open();
    const lease = await t.claim();
    await t.assistant().start(lease, 'x'.repeat(64));
    const [change] = t.changes;
    assert.match(change?.name ?? '', /^start:[0-9a-f]{64}$/);
    assert.equal(change?.keep, LEASE);
    assert.ok(!change?.name.includes(lease.token));
  });

  it('says what is missing where there is no register', async () => {
    const t = await open();
    const lease = await t.claim();
    const assistant = new Assistant({ ...t, reader: t.store });
    await assert.rejects(assistant.start(lease, 'd'), (error) => ReeveError.is(error, 'PART_MISSING') && /Register/.test(error.message));
  });

  it('says so if the register does not say what is in the way', async () => {
    const t = await open();
    const lease = await t.claim();
    const register = { change: async () => ({ at: t.clock.now(), outcomes: [{ kind: 'stale' as const }] }) };
    await assert.rejects(new Assistant({ ...t, reader: t.store, register }).start(lease, 'd'), (error) =>
      ReeveError.is(error, 'STORE_BROKE_CONTRACT'),
    );
  });

  it('is there in a composition', async () => {
    const reeve = createReeve({
      labourers: { a: { maxSimultaneousInvocations: 1 } },
      use: [memoryStore(), inProcessInvoker({ handlers: { a: () => {} } })],
    });
    assert.deepEqual(await reeve.assistant.start({ labourer: 'a', id: 'x', token: 't' }, 'd'), { begin: false, why: 'over' });
    await reeve.close();
  });
});

describe('receiving messages', () => {
  const told = async (t: Awaited<ReturnType<typeof open>>, message: object) => {
    const answer = await t.assistant().receive(message);
    // The same once more as its text: what is repeated changes nothing.
    await t.assistant().receive(JSON.stringify(message));
    return answer;
  };

  it('answers each of the four', async () => {
    const t = await open();
    const attempt = await t.claim();
    const { deadline } = attempt;
    assert.deepEqual(await told(t, { reeve: 'start', attempt, delivery: 'd' }), { begin: true, deadline, left: LEASE });
    assert.deepEqual(await told(t, { reeve: 'start', attempt, delivery: 'e' }), { begin: false, why: 'started' });
    await t.clock.advance(100);
    assert.deepEqual(await told(t, { reeve: 'heartbeat', attempt }), { alive: true, deadline: deadline + 100, left: LEASE });
    assert.deepEqual(await told(t, { reeve: 'done', attempt, result: { pages: 3 }, stats: { ms: 1 } }), { outcome: 'applied' });
    assert.deepEqual(await told(t, { reeve: 'done', attempt }), { outcome: 'repeated' });
    assert.deepEqual(await told(t, { reeve: 'failed', attempt, error: 'late' }), { outcome: 'stale' });
    assert.deepEqual(await told(t, { reeve: 'heartbeat', attempt }), { alive: false });
    const task = await t.store.find(attempt);
    assert.deepEqual(task?.state === 'completed' && [task.result, task.stats], ['{"pages":3}', '{"ms":1}']);
  });

  it('fails an attempt with what the worker says of it', async () => {
    const t = await open();
    const attempt = await t.claim();
    assert.deepEqual(await told(t, { reeve: 'failed', attempt, error: 'quota', retryAfter: 5_000 }), { outcome: 'applied' });
    const task = await t.store.find(attempt);
    assert.deepEqual(task?.state === 'queued' && [task.lastError, task.due], ['quota', t.clock.now() + 5_000]);
    await t.clock.advance(5_000);
    const second = await t.claim();
    await told(t, { reeve: 'failed', attempt: second, error: 'no such page', retryable: false });
    assert.equal((await t.store.find(attempt))?.state, 'dead');
  });

  it('what is refused changes nothing, makes no task, and is told without its content', async () => {
    const t = await open();
    const lease = await t.claim();
    const { labourer, id, token } = lease;
    const before = await t.store.find(lease);
    for (const message of [
      null,
      '{"reeve":"done"',
      { reeve: 'done', attempt: { labourer, id } },
      { reeve: 'done', attempt: { labourer: 'x', id, token } },
      { reeve: 'done', attempt: { labourer, id, token }, result: 'x'.repeat(300_000) },
      JSON.stringify({ reeve: 'done', attempt: { labourer, id, token }, result: 'x'.repeat(300_000) }),
    ])
      await assert.rejects(t.assistant().receive(message), (error) => ReeveError.is(error) && error.kind === 'input');
    const codes = ['INVALID_MESSAGE', 'INVALID_MESSAGE', 'INVALID_ATTEMPT', 'UNKNOWN_LABOURER', 'PAYLOAD_TOO_LARGE', 'PAYLOAD_TOO_LARGE'];
    assert.deepEqual(t.refused, codes);
    for (const reeve of ['done', 'failed'])
      for (const attempt of [
        { labourer, id, token: 'forged' },
        { labourer, id: 'none', token },
      ])
        assert.deepEqual(await t.assistant().receive({ reeve, attempt, error: 'x' }), { outcome: 'stale' });
    assert.deepEqual(await t.store.find(lease), before);
    assert.equal(await t.store.find({ labourer, id: 'none' }), undefined);
    assert.equal(t.named('verdict.refused').length, 4);
  });

  it('passes on what the store throws, and tells nobody that the message was at fault', async () => {
    const t = await open();
    const attempt = await t.claim();
    const events = new Events();
    const told: unknown[] = [];
    events.on('message.refused', (event) => told.push(event));
    const store = Object.assign(Object.create(t.store) as typeof t.store, { settle: () => Promise.reject(new Error('gone')) });
    await assert.rejects(new Assistant({ ...t, store, events, reader: t.store }).receive({ reeve: 'done', attempt }), /gone/);
    assert.deepEqual(told, []);
  });
});
