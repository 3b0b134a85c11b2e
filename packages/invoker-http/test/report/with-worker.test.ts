import assert from 'node:assert/strict';
import { createReeve, memoryStore } from '@reeve/core';
import { httpInvoker, reportHandler, sign, toNode, verify } from '@reeve/invoker-http';
import { type Handler, reportTo, type Worker, worker } from '@reeve/worker';
import { describe, it, onTestFinished } from 'vitest';
import { gate } from '../support/gate.ts';
import { LOCAL, OTHER_SECRET, SECRET } from '../support/rig.ts';
import { serve } from '../support/serve.ts';

/** A whole composition whose endpoint is a worker of @reeve/worker. */
const employ = async (make: (reports: string) => Worker, secrets = { current: SECRET }) => {
  let endpoint: Worker | undefined;
  const server = await serve(toNode((request) => endpoint!.fetch(request)));
  const reeve = createReeve({
    labourers: { thumb: { target: server.url, maxSimultaneousInvocations: 5 } },
    use: [memoryStore(), httpInvoker({ ...LOCAL, secrets })],
  });
  onTestFinished(() => reeve.close());
  const reports = await serve(toNode(reportHandler(reeve.assistant, { secrets: { current: SECRET } })));
  endpoint = make(reports.url);
  const { id } = await reeve.enqueue('thumb', { key: 'cat.jpg' });
  return { reeve, find: () => reeve.find({ labourer: 'thumb', id }) };
};
const make: Handler<{ readonly key: string }> = ({ key }, { stats }) => {
  stats['pages'] = 1;
  return { made: key };
};
const done = { result: '{"made":"cat.jpg"}', stats: '{"pages":1}' };

describe('a worker of @reeve/worker', () => {
  it('that has no way to report is done when it answers', async () => {
    const { reeve, find } = await employ(() => worker(make, { secret: SECRET, gate: false, heartbeats: false }));
    assert.equal((await reeve.tick()).labourers[0]?.finished, 1);
    const task = await find();
    assert.ok(task?.state === 'completed', JSON.stringify(task));
    assert.deepEqual({ result: task.result, stats: task.stats }, done);
  });

  it('that reports asks whether it may begin, answers 202, and its report completes the task', async () => {
    const { pass, reached, release } = gate();
    const slow: typeof make = async (payload, context) => {
      await pass();
      return make(payload, context);
    };
    const { reeve, find } = await employ((url) => worker(slow, { secret: SECRET, reportTo: reportTo.http({ url, secret: SECRET }) }));
    const completed = new Promise((resolve) => reeve.on('task.completed', resolve));
    assert.equal((await reeve.tick()).labourers[0]?.accepted, 1);
    await reached(1);
    release();
    await completed;
    const task = await find();
    assert.ok(task?.state === 'completed');
    assert.deepEqual({ result: task.result, stats: task.stats }, done);
  });

  it('that fails says so in a way that is understood', async () => {
    const failing: Handler = () => {
      throw Object.assign(new Error('no such cat'), { retryable: false });
    };
    const { reeve, find } = await employ(() => worker(failing, { secret: SECRET, gate: false }));
    await reeve.tick();
    const task = await find();
    assert.match(JSON.stringify(task), /no such cat/);
    assert.notEqual(task?.state, 'running');
  });

  it('that has another secret believes nothing, and the task is as it was', async () => {
    const { reeve, find } = await employ(() => worker(make, { secret: OTHER_SECRET, gate: false }));
    assert.equal((await reeve.tick()).labourers[0]?.refused, 1);
    const task = await find();
    assert.deepEqual([task?.state, task?.attempts], ['queued', 0]);
  });

  it('believes the old secret and the new one while it is being changed', async () => {
    const { reeve, find } = await employ(() => worker(make, { secret: [SECRET, OTHER_SECRET], gate: false }), { current: OTHER_SECRET });
    await reeve.tick();
    assert.equal((await find())?.state, 'completed');
  });

  it('signs its reports as verify believes them, and as sign would', async () => {
    const seen: { readonly headers: Headers; readonly body: string }[] = [];
    const server = await serve(
      toNode(async (request) => {
        seen.push({ headers: request.headers, body: await request.text() });
        return Response.json({ outcome: 'applied' });
      }),
    );
    const now = 1_795_420_800_999;
    const clock = { now: () => now, sleep: async () => {} };
    const channel = reportTo.http({ url: server.url, secret: SECRET, clock });
    for (const error of ['plain', 'ž🐎\u0007 \u2028']) {
      const attempt = { labourer: 'thumb', id: 'a.b', token: 't' };
      await channel.send({ reeve: 'failed', attempt, error }, new AbortController().signal);
      const { headers, body } = seen.at(-1)!;
      assert.equal(verify(headers, body, { secrets: SECRET, now }), undefined);
      assert.equal(verify(headers, body, { secrets: OTHER_SECRET, now }), 'signature');
      const id = headers.get('webhook-id') ?? '';
      assert.equal(headers.get('webhook-signature'), sign({ id, timestamp: 1_795_420_800, body }, SECRET));
    }
  });
});
