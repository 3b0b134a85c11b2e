import assert from 'node:assert/strict';
import { type LambdaFault, lambdaErrors } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { gate } from '../support/gate.ts';
import { labourerOf } from '../support/labourers.ts';
import { open } from '../support/rig.ts';

const functions = { thumb: () => {}, print: () => {} };
const accepted = (count: number) => Array.from({ length: count }, () => ({ kind: 'accepted' }));

describe('many invocations at once', () => {
  it('are under way together, as many as it was told, over as many connections', async () => {
    const { pass, reached, release } = gate();
    const rig = await open({ parallelism: 40 }, { functions, fault: () => ({ kind: 'slow', until: pass() }) });
    const deliveries = Promise.all(Array.from({ length: 120 }, (_, n) => rig.invoke({ lease: { id: `task-${n}` } })));
    await reached(40);
    assert.equal(rig.endpoint.calls.length, 40);
    release();
    assert.deepEqual(await deliveries, accepted(120));
    assert.deepEqual([rig.endpoint.calls.length, rig.endpoint.connections], [120, 40]);
  });

  it('use connections again that stand', async () => {
    const rig = await open();
    for (let n = 0; n < 10; n += 1) await rig.invoke();
    assert.equal(rig.endpoint.connections, 1);
    assert.deepEqual(await Promise.all(Array.from({ length: 30 }, () => rig.invoke())), accepted(30));
    const { connections } = rig.endpoint;
    assert.deepEqual(await Promise.all(Array.from({ length: 30 }, () => rig.invoke())), accepted(30));
    assert.equal(rig.endpoint.connections, connections);
  });

  it('of several labourers share the connections, first come, first served', async () => {
    const held = gate();
    const rig = await open(
      { parallelism: 2 },
      { functions, fault: ({ functionName }) => (functionName === 'thumb' ? { kind: 'slow', until: held.pass() } : undefined) },
    );
    const thumbs = Promise.all([1, 2, 3].map((n) => rig.invoke({ lease: { id: `thumb-${n}` } })));
    const print = rig.invoke({ labourer: labourerOf('print'), lease: { id: 'print-1' } });
    await held.reached(2);
    held.release();
    assert.deepEqual([...(await thumbs), await print], accepted(4));
    assert.deepEqual(
      rig.endpoint.calls.slice(2).map(({ text }) => JSON.parse(text).reeve.id),
      ['thumb-3', 'print-1'],
    );
  });

  it('have their places back after every kind of end', async () => {
    const { pass, reached } = gate();
    const silence = ({ text }: { readonly text: string }): LambdaFault | undefined => {
      if (!text.includes('stuck')) return undefined;
      void pass();
      return { kind: 'silent' };
    };
    const rig = await open({ parallelism: 1 }, { fault: silence });
    rig.endpoint.next({ kind: 'reset' }, lambdaErrors.internal());
    for (let n = 0; n < 2; n += 1) await assert.rejects(rig.invoke(), { code: 'INVOKE_UNKNOWN' });
    const stop = new AbortController();
    const stuck = rig.invoke({ lease: { id: 'stuck' }, signal: stop.signal });
    const waiting = rig.invoke({ signal: stop.signal });
    await reached(1);
    stop.abort();
    await assert.rejects(stuck, { code: 'INVOKE_UNKNOWN' });
    assert.equal((await waiting).kind, 'refused');
    assert.equal((await rig.invoke({ signal: AbortSignal.abort() })).kind, 'refused');
    assert.equal((await rig.invoke({ lease: { payload: 'no' } })).kind, 'finished');
    assert.equal((await rig.invoke({ labourer: labourerOf('missing') })).kind, 'refused');
    assert.deepEqual(await rig.invoke(), { kind: 'accepted' });
  });
});
