import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, it } from 'vitest';
import { type Asked, reply } from '../support/endpoint.ts';
import { house, openEnvelope } from '../support/house.ts';

describe('a whole composition', () => {
  it('hands a task to an endpoint that is done when it answers', async () => {
    const { reeve, find } = await house((asked, response) => {
      const { payload } = openEnvelope(asked.text);
      reply(response, 200, { done: { made: (payload as { readonly key: string }).key }, stats: { took: 3 } });
    });
    const { labourers } = await reeve.tick();
    assert.equal(labourers[0]?.finished, 1);
    const task = await find();
    assert.equal(task?.state === 'completed' && task.result, '{"made":"cat.jpg"}');
    assert.equal(task?.state === 'completed' && task.stats, '{"took":3}');
  });

  it('keeps every digit of a result', async () => {
    const { reeve, find } = await house((_, response) => response.end('{"done": [1.0, 12345678901234567890]}'));
    await reeve.tick();
    const task = await find();
    assert.equal(task?.state === 'completed' && task.result, '[1.0, 12345678901234567890]');
  });

  it('hands a task to an endpoint that reports later', async () => {
    const { reeve, find, post, attempt } = await house((_, response) => reply(response, 202));
    assert.equal((await reeve.tick()).labourers[0]?.accepted, 1);
    assert.equal((await find())?.state, 'running');
    assert.deepEqual(await post({ reeve: 'done', attempt: attempt(), result: { made: 1 } }), {
      status: 200,
      answer: { outcome: 'applied' },
    });
    const task = await find();
    assert.equal(task?.state === 'completed' && task.result, '{"made":1}');
  });

  it('retries what failed, and buries what no attempt can mend', async () => {
    const said: unknown[] = [{ failed: { error: 'busy', retryAfter: 0 } }, { failed: { error: 'no such cat', retryable: false } }];
    const { reeve, find, clock } = await house((_, response) => reply(response, 200, said.shift()));
    await reeve.tick();
    const queued = await find();
    assert.deepEqual([queued?.state, queued?.attempts, queued?.errors[0]?.error], ['queued', 1, 'busy']);
    await clock.advance(1_000);
    await reeve.tick();
    const dead = await find();
    assert.deepEqual([dead?.state, dead?.state === 'dead' && dead.error], ['dead', 'no such cat']);
  });

  it('goes on with the other labourers whatever one of them meets', async () => {
    const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
      throttled: (response) => reply(response, 429, {}, { 'retry-after': '30' }),
      missing: (response) => reply(response, 404),
      broken: (response) => reply(response, 500),
      cut: (response) => response.socket?.destroy(),
      gone: (response) => reply(response, 410),
      thumb: (response) => reply(response, 204),
      later: (response) => reply(response, 202),
    };
    const answer = ({ path }: Asked, response: ServerResponse): void => answers[path.slice(1)]?.(response);
    const { reeve, find, endpoint } = await house(answer, { labourers: Object.keys(answers) });
    const held: string[] = [];
    reeve.on('labourer.held', ({ labourer, reason }) => held.push(`${labourer}: ${reason.replace(/^\S+ /, '')}`));

    const { labourers } = await reeve.tick();
    assert.deepEqual(
      labourers.map(({ labourer, accepted, finished, refused, unknown }) => [labourer, accepted, finished, refused, unknown].join(' ')),
      ['throttled 0 0 1 0', 'missing 0 0 1 0', 'broken 0 0 0 1', 'cut 0 0 0 1', 'gone 0 1 0 0', 'thumb 0 1 0 0', 'later 1 0 0 0'],
    );
    const states = await Promise.all(
      Object.keys(answers).map(async (labourer) => {
        const task = await find(labourer);
        return `${labourer} ${task?.state} ${task?.attempts}`;
      }),
    );
    // Refused ones have their attempt back; of the broken ones nobody knows, so they wait for their lease.
    assert.deepEqual(states, [
      'throttled queued 0',
      'missing queued 0',
      'broken running 1',
      'cut running 1',
      'gone dead 1',
      'thumb completed 1',
      'later running 1',
    ]);
    assert.deepEqual(held.toSorted(), [
      'missing: refused the request (status 404); correct labourers.missing.target, or deploy the endpoint',
      'throttled: has too much to do (status 429)',
    ]);
    // A second tick: the throttled ones are left alone, and nothing that may run is asked for again.
    await reeve.tick();
    assert.equal(endpoint.asked.length, Object.keys(answers).length);
  });

  it('takes a place for none that was refused, and counts no attempt, however often', async () => {
    let open = false;
    const { reeve, find, clock, endpoint } = await house((_, response) =>
      reply(response, open ? 204 : 503, {}, open ? {} : { 'retry-after': '5' }),
    );
    for (let n = 0; n < 6; n += 1) {
      await reeve.tick();
      const task = await find();
      assert.deepEqual([task?.state, task?.attempts], ['queued', 0]);
      const [census] = await reeve.census();
      assert.equal(census?.running, 0);
      await clock.advance(5_000);
    }
    open = true;
    await reeve.tick();
    assert.equal(endpoint.asked.length, 7);
    const task = await find();
    assert.deepEqual([task?.state, task?.attempts], ['completed', 1]);
  });

  it('buries a task whose result is longer than is kept, and says so', async () => {
    const { reeve, find } = await house((_, response) => reply(response, 200, { done: 'canary'.repeat(50_000) }));
    await reeve.tick();
    const task = await find();
    assert.match(task?.state === 'dead' ? task.error : String(task?.state), /answered with more than 262144 bytes/);
    assert.doesNotMatch(JSON.stringify(task), /canary/);
  });
});
