import assert from 'node:assert/strict';
import type { DaemonOptions, WakeUps } from '@reeve/core';
import { describe, it } from 'vitest';
import { gate, rig, settle } from './rig.ts';

const daemon = (r: ReturnType<typeof rig>, options: Partial<DaemonOptions> = {}) => {
  const stop = new AbortController();
  const running = r.orchestrator.run({ signal: stop.signal, drain: 1_000, grace: 500, ...options });
  return { stop: () => stop.abort(), running };
};

/** What another process would say, said by the test. */
const heardOf = () => {
  const said: { labourers: readonly string[]; hear: (labourer: string) => void; ended: boolean } = {
    labourers: [],
    hear: () => {},
    ended: false,
  };
  const wakeUps: WakeUps = {
    listen: async (labourers, hear) => {
      Object.assign(said, { labourers, hear });
      return async () => {
        said.ended = true;
      };
    },
  };
  return { said, wakeUps };
};

describe('wake-ups', () => {
  it('work of another process starts when it is heard of, without the clock moving', async () => {
    const { said, wakeUps } = heardOf();
    const r = rig({ parts: { wakeUps: [wakeUps] } });
    const d = daemon(r);
    await settle();
    await r.store.enqueue([{ labourer: 'a', id: '1', payload: '{}' as never }]); // nobody rings here
    await settle();
    assert.equal((await r.store.find({ labourer: 'a', id: '1' }))?.state, 'queued');
    said.hear('nobody');
    said.hear('a');
    await settle();
    assert.equal((await r.store.find({ labourer: 'a', id: '1' }))?.state, 'completed');
    assert.deepEqual(said.labourers, ['a']);
    d.stop();
    await d.running;
    assert.equal(said.ended, true);
    assert.equal(r.clock.sleeping, 0);
  });

  it('where nobody can be heard, polling finds the work', async () => {
    const r = rig({ parts: { wakeUps: [{ listen: () => Promise.reject(new Error('no such channel')) }] } });
    const d = daemon(r);
    await settle();
    assert.equal(r.named('store.failed').length, 1);
    await r.store.enqueue([{ labourer: 'a', id: '1', payload: '{}' as never }]);
    await r.clock.advance(1_000);
    await settle();
    assert.equal((await r.store.find({ labourer: 'a', id: '1' }))?.state, 'completed');
    d.stop();
    await d.running;
  });

  it('one that never begins or never ends holds up no stop for longer than the grace', async () => {
    const never = gate<() => Promise<void>>();
    const r = rig({ parts: { wakeUps: [{ listen: () => never.passed }, { listen: async () => () => gate().passed }] } });
    const d = daemon(r);
    await settle();
    d.stop();
    await settle();
    await r.clock.advance(500);
    await d.running;
    assert.equal(r.clock.sleeping, 0);
  });
});
