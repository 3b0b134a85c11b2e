import assert from 'node:assert/strict';
import { ManualClock } from '@reeve/testkit';
import { reportTo, type WorkerMessage } from '@reeve/worker';
import { describe, it } from 'vitest';
import { isSigned, keyOf } from '../../src/channels/sign.ts';
import { eager } from '../support/rig.ts';
import { serve } from '../support/serve.ts';

const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const attempt = { labourer: 'a', id: '1', token: 't' };
const beat: WorkerMessage = { reeve: 'heartbeat', attempt };
const signal = new AbortController().signal;

const open = async (answer: () => Response) => {
  const clock = new ManualClock();
  const requests: { readonly id: string | null; readonly body: string; readonly isSigned: boolean }[] = [];
  const url = await serve(async (request) => {
    const body = Buffer.from(await request.arrayBuffer());
    requests.push({
      id: request.headers.get('webhook-id'),
      body: body.toString(),
      isSigned: isSigned(request.headers, body, [keyOf(secret)], clock.now()),
    });
    return answer();
  });
  return { requests, url, channel: reportTo.http({ url, secret, clock, chance: eager() }) };
};

describe('reporting by HTTP', () => {
  it('sends the message, signed, and reads the answer', async () => {
    const { requests, channel } = await open(() => Response.json({ alive: true, deadline: 5, left: 4 }));
    assert.deepEqual(await channel.send(beat, signal), { alive: true, deadline: 5, left: 4 });
    assert.deepEqual(
      requests.map(({ body, isSigned }) => [JSON.parse(body), isSigned]),
      [[beat, true]],
    );
  });

  it('a message that is repeated keeps its id, and another one has another', async () => {
    const { requests, channel } = await open(() => Response.json({ alive: false }));
    await channel.send(beat, signal);
    await channel.send(beat, signal);
    await channel.send({ ...beat }, signal);
    const [first, again, other] = requests.map(({ id }) => id);
    assert.equal(first, again);
    assert.notEqual(first, other);
  });

  it('knows what passes from what does not', async () => {
    for (const [status, name] of [
      [400, 'ReportRefused'],
      [401, 'ReportRefused'],
      [404, 'ReportRefused'],
      [413, 'ReportRefused'],
      [408, 'Error'],
      [429, 'Error'],
      [500, 'Error'],
      [503, 'Error'],
    ] as const) {
      const { channel } = await open(() => Response.json({ error: 'CODE', message: 'secret' }, { status }));
      await assert.rejects(channel.send(beat, signal), (error) => {
        assert.ok(error instanceof Error);
        assert.deepEqual(
          [error.name, 'code' in error ? error.code : undefined],
          [name, status === 413 ? 'PAYLOAD_TOO_LARGE' : name === 'Error' ? undefined : 'CODE'],
        );
        return error.message === `the Assistant answered ${status}`;
      });
    }
  });

  it('follows no redirection: it would take the token to somebody else', async () => {
    const elsewhere = await open(() => Response.json({ alive: false }));
    const { channel } = await open(() => new Response(null, { status: 307, headers: { location: elsewhere.url } }));
    await assert.rejects(channel.send(beat, signal), /ReportRefused: the Assistant answered 307/);
    assert.equal(elsewhere.requests.length, 0);
  });

  it('refuses a secret that is none when it is made', () => {
    assert.throws(() => reportTo.http({ url: 'http://x/', secret: 'none' }), /^TypeError: secret: give whsec_/);
  });
});
