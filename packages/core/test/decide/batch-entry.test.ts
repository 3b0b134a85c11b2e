import assert from 'node:assert/strict';
import { MOST_MEMBERS, ReeveError } from '@reeve/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import {
  closedMembers,
  closeMembers,
  finalizerPayload,
  finished,
  isToFinish,
  newBatch,
  progressOf,
  readBatch,
  sealed,
  writeBatch,
} from '../../src/decide/batch-entry.ts';

const state = fc.constantFrom('completed', 'dead', 'cancelled', 'dropped');

describe('an entry of a batch', () => {
  it('counts the first end of each member, whatever comes in whatever pages and again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.array(fc.record({ index: fc.nat(45), state }))), (total, pages) => {
        let batch = newBatch(total, { labourer: 'a' });
        const first = new Map<number, string>();
        for (const page of pages) {
          batch = readBatch('x', writeBatch(closeMembers(batch, page)));
          for (const { index, state } of page) if (index < total && !first.has(index)) first.set(index, state);
          assert.equal(closeMembers(batch, page), batch, 'the same page again changes nothing');
        }
        const { open, completed } = progressOf('x', batch);
        assert.equal(open, total - first.size);
        assert.equal(completed, [...first.values()].filter((each) => each === 'completed').length);
        const isClosed = closedMembers(batch);
        for (let n = 0; n < total; n += 1) assert.equal(isClosed(n), first.has(n));
      }),
    );
  });

  it('finishes when it is sealed and all have ended, and once', () => {
    const open = newBatch(2, { labourer: 'a', payload: { x: 1 } });
    const all = closeMembers(open, [
      { index: 0, state: 'completed' },
      { index: 1, state: 'dead' },
    ]);
    assert.deepEqual([open, all, sealed(open), sealed(all), finished(sealed(all))].map(isToFinish), [false, false, false, true, false]);
    assert.equal(finalizerPayload('b', all), '{"batch":"b","total":2,"completed":1,"dead":1,"cancelled":0,"dropped":0,"payload":{"x":1}}');
    const done = finished(sealed(all));
    assert.equal(closeMembers(done, [{ index: 0, state: 'dead' }]), done);
    assert.equal(isToFinish(sealed(newBatch(0, { labourer: 'a' }))), true);
  });

  it('of the most members, and with the longest payload, fits the register', () => {
    const batch = newBatch(MOST_MEMBERS, { labourer: 'a'.repeat(128), payload: 'x'.repeat(16 * 1024) });
    const all = Array.from({ length: MOST_MEMBERS }, (_, index) => ({ index, state: 'completed' as const }));
    assert.ok(writeBatch(sealed(closeMembers(batch, all))).length < 52_000);
  });

  it('is a fault if nobody here can read it', () => {
    const good = JSON.parse(writeBatch(newBatch(1, { labourer: 'a' }))) as object;
    for (const bad of [
      'no',
      'null',
      '{}',
      ...[{ v: 2 }, { total: 'x' }, { closed: 1 }, { counts: {} }, { finalizer: {} }].map((each) => JSON.stringify({ ...good, ...each })),
    ])
      assert.throws(
        () => readBatch('x', bad),
        (error: unknown) => ReeveError.is(error, 'BATCH_UNREADABLE'),
        bad,
      );
  });
});
