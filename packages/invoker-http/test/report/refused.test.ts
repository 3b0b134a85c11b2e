import assert from 'node:assert/strict';
import { ReeveError } from '@reeve/core';
import { reportHandler, sign } from '@reeve/invoker-http';
import { describe, it } from 'vitest';
import { reply } from '../support/endpoint.ts';
import { type House, house } from '../support/house.ts';
import { OTHER_SECRET, SECRET } from '../support/rig.ts';

/** All that there is of every labourer: how many tasks, and each of them. */
const everything = async ({ reeve, find }: House): Promise<unknown> => [
  await reeve.census(),
  await Promise.all(reeve.labourers.map(({ id }) => find(id))),
];

interface Working extends House {
  /** Nothing was changed, nothing was added, and no text of a message was handed on. */
  assertUntouched(): Promise<void>;
}

const working = async (...args: [Parameters<typeof house>[1]?]): Promise<Working> => {
  const found = await house((_, response) => reply(response, 202), ...args);
  await found.reeve.tick();
  const before = await everything(found);
  return {
    ...found,
    assertUntouched: async () => {
      assert.deepEqual(await everything(found), before);
      assert.doesNotMatch(JSON.stringify(found.refusals), /canary/);
    },
  };
};

describe('a report is refused, and nothing is changed,', () => {
  it.each([
    ['with a signature by another secret', { secrets: OTHER_SECRET }, 401, 'signature'],
    ['with no signature', { headers: { 'webhook-signature': '' } }, 401, 'headers'],
    ['with a signature that is none', { headers: { 'webhook-signature': 'v1,canary' } }, 401, 'signature'],
    ['for another message', { headers: { 'webhook-id': 'msg_2' } }, 401, 'signature'],
    ['without an id', { headers: { 'webhook-id': '' } }, 401, 'headers'],
    ['with a time that is none', { headers: { 'webhook-timestamp': 'now' } }, 401, 'headers'],
    ['with a time that was not signed', { headers: { 'webhook-timestamp': '1795420801' } }, 401, 'signature'],
    ['with an old time', { timestamp: 1_795_420_800 - 301 }, 401, 'timestamp'],
    ['with a time to come', { timestamp: 1_795_420_800 + 301 }, 401, 'timestamp'],
    ['compressed', { headers: { 'content-encoding': 'gzip' } }, 415, 'encoding'],
  ])('%s', async (_, how, status, error) => {
    const whole = await working();
    const message = { reeve: 'done', attempt: whole.attempt(), result: 'canary' };
    assert.deepEqual(await whole.post(message, how), { status, answer: { error } });
    assert.equal(whole.refusals.length, 1);
    assert.equal(whole.refusals[0]?.why, error);
    await whole.assertUntouched();
  });

  it('where it is no POST', async () => {
    const whole = await working();
    const response = await fetch(whole.reports);
    assert.deepEqual([response.status, response.headers.get('allow'), await response.json()], [405, 'POST', { error: 'method' }]);
    assert.deepEqual(whole.refusals, [{ why: 'method' }]);
  });

  it('where it is no message', async () => {
    const whole = await working();
    for (const message of [
      '',
      'canary',
      '[]',
      'null',
      '{}',
      '{"reeve":"canary"}',
      '{"reeve":"done"}',
      '{"reeve":"done","attempt":"canary"}',
      '{"reeve":"done","attempt":{}}',
    ]) {
      const { status, answer } = await whole.post(message);
      assert.equal(status, 400, message);
      assert.match(JSON.stringify(answer), /INVALID_MESSAGE|INVALID_ATTEMPT/);
    }
    assert.deepEqual(new Set(whole.refusals.map(({ why }) => why)), new Set(['message']));
    await whole.assertUntouched();
  });

  it('where it is not signed, whatever it is: it is not so much as read', async () => {
    const whole = await working();
    for (const message of ['canary', '{}', '{"reeve":"done"}']) {
      assert.deepEqual(await whole.post(message, { secrets: OTHER_SECRET }), { status: 401, answer: { error: 'signature' } });
    }
    await whole.assertUntouched();
  });

  it('where it is an attempt that was sent out, and comes back', async () => {
    const whole = await working();
    const [{ text, headers } = assert.fail()] = whole.endpoint.asked;
    const response = await fetch(whole.reports, {
      method: 'POST',
      body: text,
      headers: Object.fromEntries(['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])])),
    });
    assert.equal(response.status, 400);
    await whole.assertUntouched();
  });

  it('for a labourer that there is not, and no more is said of it', async () => {
    const whole = await working();
    const { status, answer } = await whole.post({ reeve: 'done', attempt: { ...whole.attempt(), labourer: 'canary' }, result: 1 });
    assert.deepEqual([status, answer], [404, { error: 'UNKNOWN_LABOURER' }]);
    assert.deepEqual(whole.refusals, [{ why: 'message', code: 'UNKNOWN_LABOURER', id: 'msg_1' }]);
    await whole.assertUntouched();
  });

  it('for a task that there is not, or with a token that was made up: stale, as for one that was late', async () => {
    const whole = await working();
    const attempt = whole.attempt();
    for (const wrong of [
      { ...attempt, id: 'ghost' },
      { ...attempt, token: 'forged' },
      { ...attempt, token: `${attempt.token}x` },
    ]) {
      for (const message of [
        { reeve: 'done', result: 'canary' },
        { reeve: 'failed', error: 'canary' },
      ]) {
        assert.deepEqual(await whole.post({ ...message, attempt: wrong }), { status: 200, answer: { outcome: 'stale' } });
      }
      assert.deepEqual(await whole.post({ reeve: 'heartbeat', attempt: wrong }), { status: 200, answer: { alive: false } });
      assert.deepEqual(await whole.post({ reeve: 'start', attempt: wrong, delivery: 'd' }), {
        status: 200,
        answer: { begin: false, why: 'over' },
      });
    }
    assert.equal(await whole.reeve.find({ labourer: 'thumb', id: 'ghost' }), undefined);
    await whole.assertUntouched();
  });

  it('with a result that is longer than is kept', async () => {
    const whole = await working();
    const { status, answer } = await whole.post({ reeve: 'done', attempt: whole.attempt(), result: 'canary'.repeat(50_000) });
    assert.equal(status, 413);
    assert.match(JSON.stringify(answer), /"PAYLOAD_TOO_LARGE".*result: 300002 bytes are more than the 262144 allowed/);
    assert.doesNotMatch(JSON.stringify(answer), /canary/);
    await whole.assertUntouched();
  });

  it('where it is longer than is read', async () => {
    const whole = await working({ reports: { maxBytes: 1_000 } });
    const { status, answer } = await whole.post({ reeve: 'done', attempt: whole.attempt(), result: 'canary'.repeat(200) });
    assert.deepEqual([status, answer], [413, { error: 'large' }]);
    await whole.assertUntouched();
  });

  it('where it is not in UTF-8', async () => {
    const whole = await working();
    const body = Buffer.concat([Buffer.from('{"reeve":"heartbeat","x":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    const response = await fetch(whole.reports, {
      method: 'POST',
      body,
      headers: {
        'webhook-id': 'msg_1',
        'webhook-timestamp': '1795420800',
        'webhook-signature': sign({ id: 'msg_1', timestamp: 1_795_420_800, body }, SECRET),
      },
    });
    assert.deepEqual([response.status, await response.json()], [400, { error: 'INVALID_MESSAGE', message: 'the message is not in UTF-8' }]);
  });
});

describe('a secret that belongs to a labourer', () => {
  const secrets = { byLabourer: { thumb: { current: SECRET }, prints: { current: OTHER_SECRET } } };
  const both = () => working({ labourers: ['thumb', 'prints'], reports: { secrets }, invoker: { secrets } });
  const attemptOf = (whole: House, labourer: string) =>
    JSON.parse(whole.endpoint.asked.find(({ path }) => path === `/${labourer}`)!.text).reeve;

  it('speaks for that labourer', async () => {
    const whole = await both();
    assert.equal((await whole.post({ reeve: 'done', attempt: attemptOf(whole, 'thumb') }, { secrets: SECRET })).status, 200);
    assert.equal((await whole.post({ reeve: 'done', attempt: attemptOf(whole, 'prints') }, { secrets: OTHER_SECRET })).status, 200);
    assert.deepEqual([(await whole.find('thumb'))?.state, (await whole.find('prints'))?.state], ['completed', 'completed']);
  });

  it('speaks for all to which it was given', async () => {
    const shared = { byLabourer: { thumb: { current: SECRET }, prints: { current: OTHER_SECRET, previous: SECRET } } };
    const whole = await working({ labourers: ['thumb', 'prints'], reports: { secrets: shared } });
    for (const labourer of ['thumb', 'prints'])
      assert.equal((await whole.post({ reeve: 'heartbeat', attempt: attemptOf(whole, labourer) }, { secrets: SECRET })).status, 200);
  });

  it('speaks for no other, though it knows the token', async () => {
    const whole = await both();
    const attempt = attemptOf(whole, 'thumb');
    const wrong = [
      { reeve: 'done', attempt },
      `{"reeve":"done","attempt":{"labourer":"prints"},"attempt":${JSON.stringify(attempt)}}`,
      `{"reeve":"done","attempt":{"labourer":"prints","labourer":"thumb","id":"thumb-1","token":${JSON.stringify(attempt.token)}}}`,
      `{"reeve":"done","att\\u0065mpt":${JSON.stringify(attempt)}}`,
    ];
    for (const message of wrong) {
      assert.deepEqual(await whole.post(message, { secrets: OTHER_SECRET }), { status: 401, answer: { error: 'signature' } });
    }
    assert.deepEqual(await whole.post({ reeve: 'done', attempt: { ...attempt, labourer: 'nobody' } }, { secrets: OTHER_SECRET }), {
      status: 401,
      answer: { error: 'signature' },
    });
    await whole.assertUntouched();
  });
});

it('either secret is believed while it is being changed, and the old one no more when it is gone', async () => {
  const changing = await working({ reports: { secrets: { current: OTHER_SECRET, previous: SECRET } } });
  assert.equal((await changing.post({ reeve: 'heartbeat', attempt: changing.attempt() }, { secrets: SECRET })).status, 200);
  assert.equal((await changing.post({ reeve: 'heartbeat', attempt: changing.attempt() }, { secrets: OTHER_SECRET })).status, 200);
  const changed = await working({ reports: { secrets: { current: OTHER_SECRET } } });
  assert.equal((await changed.post({ reeve: 'heartbeat', attempt: changed.attempt() }, { secrets: SECRET })).status, 401);
});

describe('a report that cannot be kept', () => {
  const fault = (error: Error) => ({ receive: async () => Promise.reject(error) });
  const ask = async (error: Error) => {
    const refusals: unknown[] = [];
    const handler = reportHandler(fault(error), {
      secrets: { current: SECRET },
      clock: { now: () => 1_795_420_800_000 },
      onRefused: (refusal) => {
        refusals.push(refusal);
        throw new Error('the log is full');
      },
    });
    const body = '{"reeve":"heartbeat"}';
    const signature = sign({ id: 'm', timestamp: 1_795_420_800, body }, SECRET);
    const headers = { 'webhook-id': 'm', 'webhook-timestamp': '1795420800', 'webhook-signature': signature };
    const response = await handler(new Request('http://localhost/', { method: 'POST', body, headers }));
    return [response.status, response.headers.get('retry-after'), await response.json(), refusals];
  };

  it('since the store is away is to be sent again', async () => {
    const error = new ReeveError({ kind: 'unavailable', code: 'STORE_NO_ANSWER', message: 'canary' });
    assert.deepEqual(await ask(error), [503, '1', { error: 'STORE_NO_ANSWER' }, [{ why: 'fault', code: 'STORE_NO_ANSWER', id: 'm' }]]);
  });

  it('for another reason says no more than that', async () => {
    const error = new ReeveError({ kind: 'config', code: 'PART_MISSING', message: 'canary' });
    assert.deepEqual(await ask(error), [500, null, { error: 'PART_MISSING' }, [{ why: 'fault', code: 'PART_MISSING', id: 'm' }]]);
    assert.deepEqual(await ask(new TypeError('canary')), [500, null, { error: 'fault' }, [{ why: 'fault', id: 'm' }]]);
  });
});
