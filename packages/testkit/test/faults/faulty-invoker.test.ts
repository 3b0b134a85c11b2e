import assert from 'node:assert/strict';
import type { InvokeContext, Lease } from '@reeve/core';
import { faultyInvoker, type InvokerFaults, ManualClock, noInvokerFaults, ScriptedInvoker, Stream } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { labourerOf } from '../invoker/labourers.ts';

const context = {} as InvokeContext;
const lease = { id: 'a', labourer: 'mill' } as Lease;

const open = (faults: Partial<InvokerFaults>, kind: 'accepts' | 'finishes' = 'accepts') => {
  const clock = new ManualClock();
  const inner = new ScriptedInvoker(Array.from({ length: 10 }, () => ({ kind: 'accepted' as const })));
  const invoker = faultyInvoker(inner, { clock, chance: new Stream(1, 'way'), kind, faults: { ...noInvokerFaults, ...faults } });
  return { clock, inner, invoke: () => invoker.invoke(labourerOf('mill'), lease, context) };
};

describe('a way to workers with faults', () => {
  it('does nothing where there are none', async () => {
    const { invoke, inner } = open({});
    assert.deepEqual(await invoke(), { kind: 'accepted' });
    assert.equal(inner.calls.length, 1);
  });

  it('refuses, and nothing starts', async () => {
    const { invoke, inner } = open({ refused: 1 });
    assert.equal((await invoke()).kind, 'refused');
    assert.equal(inner.calls.length, 0);
  });

  it('loses an invocation, or its answer', async () => {
    const [before, after] = [open({ lostBefore: 1 }), open({ lostAfter: 1 })];
    await assert.rejects(before.invoke());
    await assert.rejects(after.invoke());
    assert.deepEqual([before.inner.calls.length, after.inner.calls.length], [0, 1]);
  });

  it('accepts what it drops, and what it delivers late', async () => {
    const [dropped, late] = [open({ dropped: 1 }), open({ late: 1, lateBy: 1_000 })];
    assert.deepEqual([await dropped.invoke(), await late.invoke()], [{ kind: 'accepted' }, { kind: 'accepted' }]);
    assert.equal(late.inner.calls.length, 0);
    await dropped.clock.advance(5_000);
    await late.clock.advance(1_000);
    assert.deepEqual([dropped.inner.calls.length, late.inner.calls.length], [0, 1]);
  });

  it('delivers twice or three times', async () => {
    const { invoke, inner } = open({ again: 1 });
    await invoke();
    assert.ok(inner.calls.length === 2 || inner.calls.length === 3);
  });

  it('does to an answer that is the report nothing that only a delivery can bear', async () => {
    const { invoke, inner } = open({ dropped: 1, late: 1, again: 1 }, 'finishes');
    await invoke();
    assert.equal(inner.calls.length, 1);
  });
});
