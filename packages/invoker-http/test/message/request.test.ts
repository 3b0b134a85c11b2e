import assert from 'node:assert/strict';
import { verify } from '@reeve/invoker-http';
import { ManualClock } from '@reeve/testkit';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, it, vi } from 'vitest';
import { labourerOf } from '../support/labourers.ts';
import { OTHER_SECRET, open, SECRET } from '../support/rig.ts';

const NOW = 1_795_420_800_999;
const clock = new ManualClock(NOW);
const THIRD = `whsec_${Buffer.alloc(24, 3).toString('base64')}`;

afterEach(() => {
  vi.useRealTimers();
});

describe('a request', () => {
  it('is one POST of the envelope, with every digit of the payload', async () => {
    const { endpoint, invoke } = await open(undefined, { clock });
    await invoke({ lease: { attempt: 2, payload: ' {"n":1.0,\n"u": "\\u017e", "ž": 12345678901234567890}' } });
    const [{ text, headers, path } = assert.fail()] = endpoint.asked;
    assert.equal(path, '/thumb');
    assert.equal(
      text,
      '{"reeve":{"labourer":"thumb","id":"task-1","token":"token-1","attempt":2,"deadline":1795422060000},"payload": {"n":1.0,\n"u": "\\u017e", "ž": 12345678901234567890}}',
    );
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['content-length'], String(Buffer.byteLength(text)));
    assert.equal(headers['user-agent'], 'reeve');
    assert.equal(headers['reeve-report-to'], undefined);
    assert.equal(endpoint.asked.length, 1);
  });

  it('is signed for the second in which it was made, so that any library of Standard Webhooks believes it', async () => {
    const { endpoint, invoke } = await open(undefined, { clock });
    await invoke({ lease: { payload: '{"u":"ž🐎"}' } });
    const [{ text, headers } = assert.fail()] = endpoint.asked;
    assert.equal(headers['webhook-timestamp'], '1795420800');
    assert.equal(verify(headers, text, { secrets: SECRET, now: NOW, tolerance: 1_000 }), undefined);
    assert.equal(verify(headers, `${text} `, { secrets: SECRET, now: NOW }), 'signature');
    vi.useFakeTimers({ toFake: ['Date'], now: NOW });
    new Webhook(SECRET).verify(text, headers as Record<string, string>);
  });

  it('has two signatures while the secret is being changed', async () => {
    const { endpoint, invoke } = await open(undefined, { clock, secrets: { current: OTHER_SECRET, previous: SECRET } });
    await invoke();
    const [{ text, headers } = assert.fail()] = endpoint.asked;
    assert.equal(String(headers['webhook-signature']).split(' ').length, 2);
    for (const secrets of [SECRET, OTHER_SECRET]) assert.equal(verify(headers, text, { secrets, now: NOW }), undefined);
    assert.equal(verify(headers, text, { secrets: THIRD, now: NOW }), 'signature');
  });

  it('is signed with the secrets of its labourer, and with no others', async () => {
    const { endpoint, invoke } = await open(undefined, {
      clock,
      secrets: { current: SECRET, byLabourer: { prints: { current: OTHER_SECRET } } },
    });
    const prints = labourerOf('prints', { target: `${endpoint.url}/prints` });
    for (const [labourer, mine, others] of [
      [undefined, SECRET, OTHER_SECRET],
      [prints, OTHER_SECRET, SECRET],
    ] as const) {
      await invoke(labourer && { labourer });
      const { text, headers } = endpoint.asked.at(-1)!;
      assert.equal(verify(headers, text, { secrets: mine, now: NOW }), undefined);
      assert.equal(verify(headers, text, { secrets: others, now: NOW }), 'signature');
    }
  });

  it('tells where to report, if it is to be told', async () => {
    const { endpoint, invoke } = await open(undefined, { reportTo: 'https://reeve.example.org/reports' });
    await invoke();
    assert.equal(endpoint.asked[0]?.headers['reeve-report-to'], 'https://reeve.example.org/reports');
  });

  it('keeps the path and query of its target', async () => {
    const { endpoint, invoke } = await open();
    await invoke({ labourer: labourerOf('thumb', { target: `${endpoint.url}/a%20b/?c=d&e=%2F` }) });
    assert.equal(endpoint.asked[0]?.path, '/a%20b/?c=d&e=%2F');
  });
});

describe('the id of a request', () => {
  const idsOf = async (...leases: readonly object[]) => {
    const { endpoint, invoke } = await open();
    for (const lease of leases) await invoke({ lease });
    return endpoint.asked.map(({ headers }) => headers['webhook-id']);
  };

  it('is the same for the same attempt, and another one for any other', async () => {
    const ids = await idsOf({}, {}, { token: 'token-2' }, { id: 'task-2' }, { id: 'task-1token-1', token: '' }, { payload: '1' });
    assert.equal(ids[0], ids[1]);
    assert.equal(ids[0], ids[5]);
    assert.equal(new Set(ids).size, 4);
  });

  it('is fit for a header whatever the task is called, and has nothing of the token', async () => {
    const ids = await idsOf({ id: 'ž\n🐎. a', token: 'hidden-token' }, { id: 'x'.repeat(128) });
    for (const id of ids) assert.match(id as string, /^reeve_[\w-]{32}$/);
    assert.ok(!ids.join().includes('hidden'));
  });
});
