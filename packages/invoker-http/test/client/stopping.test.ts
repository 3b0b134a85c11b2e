import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { type Clock, type Delivery, ReeveError } from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { reply } from '../support/endpoint.ts';
import { gate } from '../support/gate.ts';
import { labourerOf } from '../support/labourers.ts';
import { rawServer } from '../support/raw-server.ts';
import { open, rigAt } from '../support/rig.ts';

/** What was said of an attempt that was not delivered. */
const messageOf = async (delivery: Promise<Delivery>): Promise<string> => {
  try {
    return (await delivery).kind;
  } catch (error) {
    return ReeveError.is(error) ? error.message : String(error);
  }
};

describe('an attempt that is stopped', () => {
  it('before it began is refused, and nothing is sent', async () => {
    const server = await rawServer();
    const delivery = await rigAt(server.url).invoke({ signal: AbortSignal.abort(new Error('the process is stopping')) });
    assert.match(
      delivery.kind === 'refused' ? delivery.reason : delivery.kind,
      /^nothing was sent to 127\.0\.0\.1:\d+ \(the process is stopping\)$/,
    );
    assert.equal(server.made, 0);
  });

  it('while it connects is refused, and never sent', async () => {
    const { pass, reached, release } = gate();
    const stop = new AbortController();
    const { endpoint, invoke } = await open(undefined, {
      allowHttp: ['localhost', '127.0.0.1'],
      resolve: async () => {
        await pass();
        return ['127.0.0.1'];
      },
    });
    const delivery = invoke({ signal: stop.signal, labourer: labourerOf('thumb', { target: `http://localhost:${endpoint.port}/` }) });
    await reached(1);
    stop.abort(new Error('the time of this attempt is up'));
    assert.match(JSON.stringify(await delivery), /refused.*nothing was sent.*the time of this attempt is up/);
    release();
    for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(endpoint.asked.length, 0);
  });

  it('while it is under way is unknown, at once, and the endpoint is hung up on', async () => {
    const stop = new AbortController();
    const server = await rawServer((socket) => socket.once('data', () => stop.abort(new Error('the lease is lost'))));
    const outcome = await messageOf(rigAt(server.url).invoke({ signal: stop.signal }));
    assert.match(outcome, /It is not known whether .* began .*\(the lease is lost\).*\[INVOKE_UNKNOWN\]/);
    await server.closed();
  });

  it('leaves nothing behind with its signal', async () => {
    const { signal } = new AbortController();
    const { invoke } = await open();
    await invoke({ signal });
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('by the closing of the invoker is unknown if it was sent', async () => {
    const { pass, reached } = gate();
    const { invoker, invoke } = await open(async () => pass());
    const outcome = messageOf(invoke());
    await reached(1);
    await invoker.close();
    assert.match(await outcome, /INVOKE_UNKNOWN/);
    await invoker.close();
  });
});

describe('the time of a call', () => {
  it('is that of the lease, where the timeout would be longer', async () => {
    const server = await rawServer();
    const outcome = await messageOf(rigAt(server.url, { timeout: 60_000 }, { duration: 1_000 }).invoke());
    assert.match(outcome, /no whole answer within 1000 ms/);
  });

  it("is the labourer's own, where it has one", async () => {
    const server = await rawServer();
    const outcome = await messageOf(rigAt(server.url, { timeout: 60_000 }, { options: { timeout: 50 } }).invoke());
    assert.match(outcome, /no whole answer within 50 ms/);
  });
});

describe('a labourer that renews its lease', () => {
  const RENEWING = { options: { renew: true, timeout: 60_000 }, duration: 30_000 };

  /** A clock that says when somebody sleeps. */
  const watched = () => {
    const clock = new ManualClock(1_795_420_800_000);
    const { pass, reached } = gate();
    const sleeping: Clock = {
      now: () => clock.now(),
      sleep: (wait, signal) => {
        void pass();
        return clock.sleep(wait, signal);
      },
    };
    return { clock, sleeping, asleep: reached };
  };

  it('does so every third of it, while the endpoint works, and no longer', async () => {
    const { clock, sleeping, asleep } = watched();
    const { pass, reached, release } = gate();
    const beats: number[] = [];
    const { invoke } = await open(
      async (_, response) => {
        await pass();
        reply(response, 204);
      },
      { clock: sleeping },
      RENEWING,
    );
    const heartbeat = async () => beats.push(clock.now()) > 0;
    const delivery = invoke({ heartbeat });
    await reached(1);
    for (let n = 1; n <= 4; n += 1) {
      await asleep(n);
      await clock.advance(10_000);
    }
    await asleep(5);
    assert.deepEqual(
      beats,
      [10_000, 20_000, 30_000, 40_000].map((since) => 1_795_420_800_000 + since),
    );
    release();
    assert.equal((await delivery).kind, 'finished');
    await clock.advance(60_000);
    assert.equal(beats.length, 4);
  });

  it('goes on where a store does not answer, and stops where the lease is lost', async () => {
    const { clock, sleeping, asleep } = watched();
    const server = await rawServer();
    const answers: (() => Promise<boolean>)[] = [async () => Promise.reject(new Error('no answer')), async () => false];
    const outcome = messageOf(rigAt(server.url, { clock: sleeping }, RENEWING).invoke({ heartbeat: () => answers.shift()!() }));
    for (let n = 1; n <= 2; n += 1) {
      await asleep(n);
      await clock.advance(10_000);
    }
    assert.match(await outcome, /\(the lease was lost\).*INVOKE_UNKNOWN/);
    await server.closed();
  });

  it('has an end all the same', async () => {
    const server = await rawServer();
    const outcome = await messageOf(rigAt(server.url, {}, { options: { renew: true, timeout: 60 }, duration: 30 }).invoke());
    assert.match(outcome, /no whole answer within 60 ms/);
  });

  it('does not renew where nothing was sent', async () => {
    const server = await rawServer();
    await server.close();
    const beats: string[] = [];
    const clock: Pick<Clock, 'now' | 'sleep'> = { now: () => 0, sleep: async () => void beats.push('slept') };
    assert.equal((await rigAt(server.url, { clock }, RENEWING).invoke()).kind, 'refused');
    assert.deepEqual(beats, []);
  });
});
