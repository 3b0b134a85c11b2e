import assert from 'node:assert/strict';
import { createReeve, inProcessInvoker, memoryStore, ReeveError } from '@reeve/core';
import { describe, expectTypeOf, it } from 'vitest';
import * as z from 'zod';

const cap = { maxSimultaneousInvocations: 1 };
const open = () =>
  createReeve({
    labourers: { add: { ...cap, result: z.object({ sum: z.coerce.bigint<string>() }) }, plain: { ...cap, maxAttempts: 1 } },
    use: [
      memoryStore(),
      inProcessInvoker({
        handlers: {
          add: ([a, b]: [number, number]) => ({ sum: String(a + b) }),
          plain: () => {
            throw new Error('no');
          },
        },
      }),
    ],
  });

describe('what enqueue answers', () => {
  it('has the result, as the schema makes it', async () => {
    const reeve = open();
    const receipt = await reeve.enqueue('add', [1, 2], { id: '1' });
    assert.equal(JSON.stringify(receipt), '{"id":"1","outcome":"created"}');
    const [result] = await Promise.all([receipt.result(), reeve.tick()]);
    expectTypeOf(result).toEqualTypeOf<{ sum: bigint }>();
    assert.deepEqual(result, { sum: 3n });
    assert.deepEqual(await (await reeve.enqueue('add', [5, 5], { id: '1' })).result(), { sum: 3n }); // a duplicate
    assert.equal((await reeve.wait({ labourer: 'add', id: '1' })).state, 'completed');
  });

  it('throws if the task ended otherwise', async () => {
    const reeve = open();
    const receipt = await reeve.enqueue('plain', 1);
    expectTypeOf(receipt.result).returns.resolves.toBeUnknown();
    const told = assert.rejects(receipt.result({ timeout: 5_000 }), (error) => ReeveError.is(error, 'TASK_NOT_COMPLETED'));
    await reeve.tick();
    await told;
  });

  it('waits no longer than the composition is open', async () => {
    const reeve = open();
    const receipt = await reeve.enqueue('add', [1, 2]);
    const ended = assert.rejects(receipt.result(), (error) => ReeveError.is(error, 'WAIT_ENDED'));
    await reeve.close();
    await ended;
  });
});
