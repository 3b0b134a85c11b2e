import assert from 'node:assert/strict';
import { ManualClock } from '@reeve/testkit';
import type { ReportChannel, WorkerMessage } from '@reeve/worker';
import { describe, it } from 'vitest';
import { deliver } from '../../src/attempt/deliver.ts';

const attempt = { labourer: 'a', id: '1', token: 't' };
const done: WorkerMessage = { reeve: 'done', attempt };

const open = (answers: readonly unknown[], random = 1) => {
  const clock = new ManualClock();
  const at: number[] = [];
  const start = clock.now();
  const channel: ReportChannel = {
    send: async () => {
      const answer = answers[Math.min(at.length, answers.length - 1)];
      at.push(clock.now() - start);
      if (answer instanceof Error) throw answer;
      return answer as never;
    },
  };
  const patience = { clock, chance: { id: () => 'x', random: () => random }, timeout: 1_000 };
  const send = (until = Infinity) => deliver(channel, done, 'outcome', () => start + until, patience);
  const run = async (until?: number) => {
    const answer = send(until).catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    for (let n = 0; n < 40; n += 1) await clock.advance(1_000);
    return answer;
  };
  return { clock, at, run };
};

const away = new Error('away');

describe('delivering a message', () => {
  it('once, if it is answered', async () => {
    const t = open([{ outcome: 'applied' }]);
    assert.deepEqual([await t.run(), t.at, t.clock.sleeping], [{ outcome: 'applied' }, [0], 0]);
  });

  it('again and again, each time after longer, up to eight times', async () => {
    const t = open([away]);
    assert.equal(await t.run(), away);
    assert.deepEqual(t.at, [0, 200, 600, 1_400, 3_000, 6_200, 11_200, 16_200]);
    const middle = open([away, away, { outcome: 'applied' }], 0.5);
    assert.deepEqual([await middle.run(), middle.at], [{ outcome: 'applied' }, [0, 100, 300]]);
  });

  it('not once more than there is time for, but once at least', async () => {
    const t = open([away]);
    assert.equal(await t.run(1_400), away);
    assert.deepEqual(t.at, [0, 200, 600]);
    const late = open([away]);
    assert.equal(await late.run(-1), away);
    assert.deepEqual(late.at, [0]);
  });

  it('not again, if it was refused', async () => {
    const refused = Object.assign(new Error('no'), { name: 'ReportRefused' });
    const t = open([refused]);
    assert.deepEqual([await t.run(), t.at], [refused, [0]]);
  });

  it('takes an answer to something else for none', async () => {
    const t = open([{ alive: true }, undefined, { outcome: 'stale' }]);
    assert.deepEqual([await t.run(), t.at.length], [{ outcome: 'stale' }, 3]);
  });
});
