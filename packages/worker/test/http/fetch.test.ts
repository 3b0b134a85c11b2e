import assert from 'node:assert/strict';
import { ManualClock } from '@reeve/testkit';
import { type Handler, type ReportChannel, type WorkerMessage, type WorkerOptions, worker } from '@reeve/worker';
import { describe, it } from 'vitest';
import { keyOf, signedHeaders } from '../../src/channels/sign.ts';
import { counter } from '../support/counter.ts';
import { eager } from '../support/rig.ts';
import { serve } from '../support/serve.ts';
import { until } from '../support/until.ts';

const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const OLD = `whsec_${Buffer.alloc(24, 2).toString('base64')}`;

interface Sent {
  readonly token?: string;
  readonly text?: string;
  readonly secret?: string;
  readonly ago?: number;
  readonly signal?: AbortSignal;
}

const open = async (handler: Handler, options: WorkerOptions = {}) => {
  const clock = new ManualClock();
  const url = await serve(worker(handler, { secret: SECRET, clock, chance: eager(), ...options }).fetch);
  const envelope = (token: string) =>
    JSON.stringify({ reeve: { labourer: 'a', id: '1', token, attempt: 2, deadline: clock.now() + 60_000 }, payload: { key: 'cat.jpg' } });
  const post = ({ token = 't', text = envelope(token), secret = SECRET, ago = 0, ...init }: Sent = {}) =>
    fetch(url, { method: 'POST', body: text, headers: signedHeaders(keyOf(secret), 'msg_1', clock.now() - ago, text), ...init });
  return { clock, url, post };
};

/** A channel that lets everything begin, and keeps what it was told. */
const channel = (start: object = { begin: true, deadline: 0, left: 60_000 }) => {
  const told: WorkerMessage[] = [];
  const way: ReportChannel = {
    send: async (message) => {
      told.push(message);
      return (message.reeve === 'start' ? start : { outcome: 'applied' }) as never;
    },
  };
  return { told, way };
};

const signed = (clock: ManualClock, signal?: AbortSignal) => {
  const body = '{"reeve":{"labourer":"a","id":"1","token":"t"},"payload":1}';
  const headers = signedHeaders(keyOf(SECRET), 'm', clock.now(), body);
  return new Request('http://x/', { method: 'POST', body, headers, ...(signal && { signal }) });
};

const held = () => {
  let end = (_: unknown): void => {};
  const passed = new Promise((resolve) => {
    end = resolve;
  });
  return { handler: () => passed, end: (value: unknown) => end(value) };
};

describe('a worker over HTTP that has nobody to report to', () => {
  it('answers with its result and statistics', async () => {
    const { post } = await open((payload: { key: string }, { stats, attempt }) => {
      stats['n'] = 1;
      return { made: payload.key, attempt };
    });
    const response = await post();
    assert.deepEqual([response.status, await response.json()], [200, { done: { made: 'cat.jpg', attempt: 2 }, stats: { n: 1 } }]);
  });

  it('answers 204 where there is none, and null where it is null', async () => {
    assert.equal((await (await open(() => {})).post()).status, 204);
    assert.deepEqual(await (await (await open(() => null)).post()).json(), { done: null });
  });

  it('answers how it failed', async () => {
    const quota = Object.assign(new Error('quota'), { retryAfter: 5_000 });
    for (const [handler, failed] of [
      [() => Promise.reject(quota), { error: 'quota', retryAfter: 5_000 }],
      [() => new Set(), { error: 'result: a Set at ""; give plain data', retryable: false }],
    ] as const) {
      const response = await (await open(handler)).post();
      assert.deepEqual([response.status, await response.json()], [200, { failed }]);
    }
  });

  it('runs an attempt once, and answers a repeat with what leaves it to its lease', async () => {
    const counted = counter();
    const { post } = await open(counted);
    assert.deepEqual([(await post()).status, (await post()).status, counted.times], [200, 409, 1]);
    assert.equal((await post({ token: 'another' })).status, 200);
  });

  it('stops when nobody waits for it any more', async () => {
    let stopped: AbortSignal | undefined;
    const { post } = await open((_, { signal }) => {
      stopped = signal;
      return new Promise(() => {});
    });
    const gone = new AbortController();
    const asked = post({ signal: gone.signal });
    await until(() => stopped !== undefined);
    gone.abort();
    await assert.rejects(asked);
    await until(() => stopped?.aborted === true);
  });
});

describe('a worker over HTTP that reports', () => {
  it('answers 202 at once, and reports when it is done', async () => {
    const { told, way } = channel();
    const { handler, end } = held();
    const { post } = await open(handler, { reportTo: way });
    assert.equal((await post()).status, 202);
    assert.deepEqual(
      told.map(({ reeve }) => reeve),
      ['start'],
    );
    end({ made: 1 });
    await until(() => told.length === 2);
    const { reeve, attempt } = told[1] as WorkerMessage;
    assert.deepEqual([reeve, attempt.token, (told[1] as { result: unknown }).result], ['done', 't', { made: 1 }]);
  });

  it('answers with the result if it is there in time, and reports if it is not: never both, never neither', async () => {
    const { told, way } = channel();
    const fast = await open(() => 1, { reportTo: way, answerWithin: 1_000 });
    assert.deepEqual(await (await fast.post()).json(), { done: 1 });
    assert.equal(told.length, 1);
    const { handler, end } = held();
    const slow = await open(handler, { reportTo: way, answerWithin: 1_000 });
    const answer = slow.post();
    await until(() => told.length === 2);
    await until(() => slow.clock.sleeping > 0);
    await slow.clock.advance(1_000);
    assert.equal((await answer).status, 202);
    end(2);
    await until(() => told.length === 3);
  });

  it('loses nothing when both come at once', async () => {
    const { told, way } = channel();
    let timeIsUp = (): void => {};
    const clock = Object.assign(new ManualClock(), {
      sleep: (wait: number) =>
        new Promise<void>((resolve) => {
          if (wait === 5) timeIsUp = resolve;
        }),
    });
    let asked = 0;
    // Asked once whether it can travel, and once as the answer is written: that is when the waiting ends.
    const toJSON = () => {
      asked += 1;
      if (asked === 2) timeIsUp();
      return 1;
    };
    const made = worker(() => ({ toJSON }), { secret: SECRET, clock, chance: eager(), reportTo: way, answerWithin: 5 });
    const response = await made.fetch(signed(clock));
    assert.deepEqual([response.status, asked, told.length], [200, 2, 1]);
    assert.deepEqual(await response.json(), { done: 1 });
  });

  it('reports what nobody waited for', async () => {
    const { told, way } = channel();
    const { handler, end } = held();
    const clock = new ManualClock();
    const gone = new AbortController();
    const made = worker(handler, { secret: SECRET, clock, chance: eager(), reportTo: way, answerWithin: 60_000 });
    const answer = made.fetch(signed(clock, gone.signal));
    await until(() => told.length === 1);
    gone.abort();
    end(1);
    await answer;
    assert.deepEqual(
      told.map(({ reeve }) => reeve),
      ['start', 'done'],
    );
  });

  it('answers 202 to a repeat and to what may not begin, and runs nothing', async () => {
    for (const why of ['started', 'over', 'cancelled']) {
      const counted = counter();
      const { post } = await open(counted, { reportTo: channel({ begin: false, why }).way });
      assert.deepEqual([(await post()).status, counted.times], [202, 0]);
    }
  });

  it('tells of a report that was lost, and gives the platform what to wait for', async () => {
    const lost: unknown[] = [];
    const work: Promise<unknown>[] = [];
    const { way } = channel();
    const broken: ReportChannel = {
      send: async (message, signal) => {
        if (message.reeve === 'start') return way.send(message, signal);
        throw Object.assign(new Error('no'), { name: 'ReportRefused' });
      },
    };
    const clock = new ManualClock();
    const made = worker(() => 1, { secret: SECRET, clock, chance: eager(), reportTo: broken, onLost: (error) => lost.push(error) });
    const response = await made.fetch(signed(clock), { waitUntil: (each) => void work.push(each) });
    assert.equal(response.status, 202);
    await Promise.all(work);
    assert.match(String(lost), /ReportRefused: no/);
  });
});

describe('what a worker over HTTP believes', () => {
  it('no request without the right signature, and it runs nothing for one', async () => {
    const counted = counter();
    const { post, url } = await open(counted);
    assert.equal((await post({ secret: OLD })).status, 401);
    assert.equal((await post({ ago: 301_000 })).status, 401);
    assert.equal((await fetch(url, { method: 'POST', body: '{}' })).status, 401);
    assert.equal((await fetch(url)).status, 405);
    assert.equal(counted.times, 0);
  });

  it('either secret while they are being changed', async () => {
    const { post } = await open(() => 1, { secret: [SECRET, OLD] });
    assert.deepEqual([(await post({ secret: OLD })).status, (await post({ token: 'u' })).status], [200, 200]);
  });

  it('no envelope that is none, and says so without quoting it', async () => {
    const { post } = await open(() => 1);
    for (const text of ['secret', '{"payload":"secret"}', '[]', 'null']) {
      const response = await post({ text });
      assert.equal(response.status, 422);
      assert.doesNotMatch(await response.text(), /secret/);
    }
  });

  it('no body without end', async () => {
    const { post } = await open(() => 1);
    assert.equal((await post({ text: 'x'.repeat(2 * 1024 * 1024 + 1) })).status, 413);
  });

  it('nobody, where it knows no secret', async () => {
    const { post } = await open(() => 1, { secret: [] });
    const response = await post();
    assert.deepEqual([response.status, /secret: is missing/.test(await response.text())], [500, true]);
  });
});
