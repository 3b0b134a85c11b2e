import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { reply } from '../support/endpoint.ts';
import { type House, house } from '../support/house.ts';

/** A task that an endpoint works on, and reports of later. */
const working = async (...args: [Parameters<typeof house>[1]?]): Promise<House> => {
  const found = await house((_, response) => reply(response, 202), ...args);
  await found.reeve.tick();
  return found;
};

describe('a report', () => {
  it('of done, with its result to the digit, completes the task', async () => {
    const { post, attempt, find } = await working();
    const message = `{"reeve":"done","attempt":${JSON.stringify(attempt())},"result":[1.0, 12345678901234567890],"stats":{"n":1.50}}`;
    assert.deepEqual(await post(message), { status: 200, answer: { outcome: 'applied' } });
    const task = await find();
    assert.ok(task?.state === 'completed');
    assert.deepEqual([task.result?.replaceAll(' ', ''), task.stats], ['[1.0,12345678901234567890]', '{"n":1.50}']);
  });

  it('of failed queues it again, or buries it', async () => {
    const first = await working();
    assert.deepEqual(await first.post({ reeve: 'failed', attempt: first.attempt(), error: 'busy' }), {
      status: 200,
      answer: { outcome: 'applied' },
    });
    assert.equal((await first.find())?.state, 'queued');
    const second = await working();
    await second.post({ reeve: 'failed', attempt: second.attempt(), error: 'no such cat', retryable: false });
    assert.equal((await second.find())?.state, 'dead');
  });

  it('of a heartbeat renews the lease', async () => {
    const { post, attempt, find, clock } = await working();
    const before = await find();
    await clock.advance(60_000);
    const { status, answer } = await post({ reeve: 'heartbeat', attempt: attempt() });
    const after = await find();
    assert.equal(status, 200);
    assert.ok(before?.state === 'running' && after?.state === 'running');
    assert.equal(after.deadline, before.deadline + 60_000);
    assert.deepEqual((answer as { readonly alive: boolean; readonly deadline: number }).deadline, after.deadline);
  });

  it('of a start lets one of two deliveries begin', async () => {
    const { post, attempt } = await working();
    const start = (delivery: string) => post({ reeve: 'start', attempt: attempt(), delivery });
    const first = await start('a');
    assert.equal((first.answer as { readonly begin: boolean }).begin, true);
    assert.deepEqual(await start('b'), { status: 200, answer: { begin: false, why: 'started' } });
    assert.deepEqual(await start('a'), first);
  });

  it('that came too late is answered 200, and is stale', async () => {
    const { post, attempt, reeve, clock, find } = await working();
    const late = attempt();
    await post({ reeve: 'failed', attempt: late, error: 'busy', retryAfter: 0 });
    await clock.advance(1_000);
    await reeve.tick();
    const before = await find();
    assert.deepEqual(await post({ reeve: 'done', attempt: late, result: 'late' }), { status: 200, answer: { outcome: 'stale' } });
    assert.deepEqual(await find(), before);
    assert.equal(before?.state, 'running');
  });
});

describe('a report that is sent again', () => {
  it('is answered, and changes nothing', async () => {
    const { post, attempt, find } = await working();
    const message = { reeve: 'done', attempt: attempt(), result: 1 };
    assert.deepEqual(await post(message), { status: 200, answer: { outcome: 'applied' } });
    const task = await find();
    for (const id of ['msg_1', 'msg_2']) assert.deepEqual(await post(message, { id }), { status: 200, answer: { outcome: 'repeated' } });
    assert.deepEqual(await find(), task);
    // With another content, too: the first word counts.
    assert.deepEqual(await post({ ...message, result: 2 }), { status: 200, answer: { outcome: 'repeated' } });
    assert.deepEqual(await post({ reeve: 'failed', attempt: attempt(), error: 'x' }), { status: 200, answer: { outcome: 'stale' } });
    assert.deepEqual(await find(), task);
  });

  it('by many at once is applied once', async () => {
    const { post, attempt, find, reeve } = await working();
    const completed: string[] = [];
    reeve.on('task.completed', ({ id }) => completed.push(id));
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => post({ reeve: 'done', attempt: attempt(), result: n })));
    assert.deepEqual(answers.map(({ answer }) => (answer as { readonly outcome: string }).outcome).toSorted(), [
      'applied',
      ...Array.from({ length: 11 }, () => 'repeated'),
    ]);
    assert.deepEqual(completed, ['thumb-1']);
    assert.equal((await find())?.state, 'completed');
  });

  it('after its time is not believed', async () => {
    const { post, attempt, clock, find, refusals } = await working();
    const timestamp = Math.floor(clock.now() / 1_000);
    const before = await find();
    await clock.advance(301_000);
    assert.deepEqual(await post({ reeve: 'heartbeat', attempt: attempt() }, { timestamp }), {
      status: 401,
      answer: { error: 'timestamp' },
    });
    assert.deepEqual(refusals, [{ why: 'timestamp', id: 'msg_1' }]);
    assert.deepEqual(await find(), before);
  });
});
