import assert from 'node:assert/strict';
import { BatchBook, Batches, Enqueuer, type NewBatch, ReeveError } from '@reeve/core';
import { describe, it } from 'vitest';
import { rig } from './rig.ts';

const one = { maxSimultaneousInvocations: 1 };
const item = (labourer: string, n: number) => ({ labourer, payload: { n } });
const five: NewBatch = { id: 'five', items: [0, 1, 2, 3, 4].map((n) => item('a', n)), finalizer: { labourer: 'last', payload: 'all' } };
const begin = () => {
  const r = rig({ labourers: { a: one, b: one, last: one } });
  const enqueuer = new Enqueuer({ ...r, register: r.store, operator: r.store, follower: { expect: () => {} } });
  return { ...r, batches: new Batches({ ...r, enqueuer, book: new BatchBook({ ...r, register: r.store }) }) };
};

describe('a batch', () => {
  it('is refused whole, with the place of what is wrong', async () => {
    const r = begin();
    const bad: readonly [unknown, RegExp][] = [
      [{ ...five, items: 'x' }, /^items is no list; .*INVALID_BATCH/],
      [{ ...five, items: [item('a', 1), item('z', 1)] }, /^items\[1\]\.labourer: there is no labourer "z"/],
      [{ ...five, items: [null] }, /^items\[0\]\.labourer: there is no labourer undefined/],
      [
        { ...five, items: [item('a', 1), { ...item('b', 1), id: 'x' }] },
        /^items\[1\]\.id is given, and a member's id is made.*INVALID_BATCH/,
      ],
      [{ ...five, items: [item('a', 1), { labourer: 'b', payload: 1n }] }, /^items\[1\]\.payload: a BigInt/],
      [
        { ...five, items: [{ labourer: 'a', payload: 1, dedupe: { key: 'k', within: 1 } }] },
        /^items\[0\]\.dedupe is given, and the end of another task.*INVALID_BATCH/,
      ],
      [{ ...five, finalizer: undefined }, /^finalizer is missing; .*INVALID_BATCH/],
      [{ ...five, finalizer: { labourer: 'z' } }, /^finalizer\.labourer: there is no labourer "z"/],
      [{ ...five, finalizer: { labourer: 'a', payload: 'x'.repeat(17_000) } }, /^finalizer\.payload: .*PAYLOAD_TOO_LARGE/],
      [{ ...five, id: '' }, /^id: the text is empty.*INVALID_TASK_ID/],
    ];
    for (const [batch, words] of bad) {
      const error: unknown = await r.batches.enqueueBatch(batch as NewBatch).catch((thrown: unknown) => thrown);
      assert.ok(ReeveError.is(error) && error.kind === 'input', String(error));
      assert.match(error.message, words);
    }
    assert.equal(await r.batches.find('five'), undefined);
    assert.equal((await r.store.census(['a']))[0]?.due, 0);
    await r.batches.enqueueBatch(five);
    await assert.rejects(r.batches.enqueueBatch({ ...five, items: [] }), /batch "five" has 5 members, and here are 0;.*INVALID_BATCH/);
  });
});
