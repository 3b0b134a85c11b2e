import assert from 'node:assert/strict';
import { createReeve, defineLabourer, inProcessInvoker, memoryStore, type Reeve, ReeveError } from '@reeve/core';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expectTypeOf, it } from 'vitest';
import * as z from 'zod';

const cap = { maxSimultaneousInvocations: 1 };
/** Three libraries, one meaning: a width that comes as a text of digits or a number, and a kind that may be left out. */
const schemas = {
  zod: z.object({ size: z.object({ width: z.coerce.number<string | number>().int().max(4_000) }), kind: z.enum(['a', 'b']).default('a') }),
  valibot: v.object({
    size: v.object({ width: v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.number(), v.integer(), v.maxValue(4_000)) }),
    kind: v.optional(v.picklist(['a', 'b']), 'a'),
  }),
  arktype: type({ size: { width: 'number.integer <= 4000 | string.integer.parse' }, kind: "'a' | 'b' = 'a'" }),
};

describe('a schema of any library', () => {
  for (const [library, schema] of Object.entries(schemas)) {
    const open = () => {
      const seen: unknown[] = [];
      const reeve = createReeve({
        labourers: { thumbs: { ...cap, schema } },
        use: [memoryStore(), inProcessInvoker({ handlers: { thumbs: (payload) => void seen.push(payload) } })],
      });
      return { reeve, seen };
    };

    it(`${library}: what fits is kept as it came, and the handler gets what the schema makes of it`, async () => {
      const { reeve, seen } = open();
      const { id } = await reeve.enqueue('thumbs', { size: { width: '200' } });
      assert.equal((await reeve.find({ labourer: 'thumbs', id }))?.payload, '{"size":{"width":"200"}}');
      await reeve.tick();
      assert.deepEqual(JSON.parse(JSON.stringify(seen)), [{ size: { width: 200 }, kind: 'a' }]);
    });

    it(`${library}: what does not is refused by path, without its values, before anything is written`, async () => {
      const { reeve } = open();
      const bad = { size: { width: 'top-secret-4711' }, kind: 'hidden' };
      const told = (error: unknown) => {
        assert.ok(ReeveError.is(error, 'PAYLOAD_REFUSED') && error.kind === 'input');
        assert.match(error.message, /^items\[1\]\.payload\.(size\.width|kind): \S/);
        assert.match(error.message, /; items\[1\]\.payload\.(size\.width|kind): \S/);
        assert.doesNotMatch(error.message, /secret|4711|hidden/);
        return true;
      };
      await assert.rejects(reeve.enqueueMany('thumbs', [{ payload: { size: { width: 1 } } }, { payload: bad as never }]), told);
      await assert.rejects(reeve.enqueue('thumbs', null as never), /^ReeveError: payload: /);
      assert.equal((await reeve.census())[0]?.due, 0);
    });
  }
});

describe('a payload that takes the place of another', () => {
  it('has to fit as well', async () => {
    const reeve = createReeve({
      labourers: { thumbs: { ...cap, schema: schemas.zod }, plain: cap },
      use: [memoryStore(), inProcessInvoker({ handlers: { thumbs: () => 1, plain: () => 1 } })],
    });
    await reeve.enqueue('thumbs', { size: { width: 1 } }, { id: '1' });
    await reeve.enqueue('plain', 1, { id: '2' });
    const replacements = [
      { labourer: 'plain', id: '2', payload: 5 },
      { labourer: 'thumbs', id: '1', payload: { size: { width: 'x' } } },
    ];
    await assert.rejects(reeve.replace(replacements), /replacements\[1\]\.payload\.size\.width: .*PAYLOAD_REFUSED/);
    assert.equal((await reeve.find({ labourer: 'plain', id: '2' }))?.payload, '1');
    assert.equal(await reeve.replace({ labourer: 'thumbs', id: '1', payload: { size: { width: 7 } } }), 'replaced');
  });
});

describe('the members of a batch', () => {
  it('have to fit, before the first is written', async () => {
    const reeve = createReeve({
      labourers: { thumbs: { ...cap, schema: schemas.valibot }, plain: cap },
      use: [memoryStore(), inProcessInvoker({ handlers: { thumbs: () => 1, plain: () => 1 } })],
    });
    const items = [
      { labourer: 'plain', payload: 1 },
      { labourer: 'thumbs', payload: { size: { width: 'x' } } },
    ];
    await assert.rejects(
      reeve.enqueueBatch({ items, finalizer: { labourer: 'plain' } }),
      /items\[1\]\.payload\.size\.width: .*PAYLOAD_REFUSED/,
    );
    assert.deepEqual(
      (await reeve.census()).map(({ due }) => due),
      [0, 0],
    );
  });
});

describe('the types', () => {
  const labourers = {
    thumbs: defineLabourer({ ...cap, schema: schemas.zod, result: z.object({ at: z.iso.datetime().transform((text) => new Date(text)) }) }),
    mails: { ...cap, schema: schemas.valibot },
    maps: { ...cap, schema: schemas.arktype },
    plain: cap,
  };
  const handlers = { thumbs: () => ({ at: new Date(0).toISOString() }), mails: () => 1, maps: () => 1, plain: () => 1 };
  const open = () => createReeve({ labourers, use: [memoryStore(), inProcessInvoker<typeof labourers>({ handlers })] });

  it('take what the schema takes, and nothing else', async () => {
    const reeve = open();
    expectTypeOf(reeve.enqueue<'thumbs'>)
      .parameter(1)
      .toEqualTypeOf<{ size: { width: string | number }; kind?: 'a' | 'b' | undefined }>();
    expectTypeOf(reeve.enqueue<'plain'>)
      .parameter(1)
      .toEqualTypeOf<unknown>();
    const refused = (error: unknown) => ReeveError.is(error, 'PAYLOAD_REFUSED');
    // @ts-expect-error: a width is missing
    await assert.rejects(reeve.enqueue('thumbs', { size: {} }), refused);
    // @ts-expect-error: a width is no boolean
    await assert.rejects(reeve.enqueue('mails', { size: { width: true } }), refused);
    // @ts-expect-error: no such kind
    await assert.rejects(reeve.enqueue('maps', { size: { width: 1 }, kind: 'c' }), refused);
    // @ts-expect-error: a width is missing
    await assert.rejects(reeve.enqueueMany('thumbs', [{ payload: { size: {} } }]), refused);
    // @ts-expect-error: no such labourer
    await assert.rejects(reeve.enqueue('thumb', {}), /UNKNOWN_LABOURER/);
    assert.equal((await reeve.enqueue('plain', { anything: [1] })).outcome, 'created');
  });

  it('give handlers what the schema makes of it, and ask of them what the result takes', () => {
    inProcessInvoker<typeof labourers>({
      handlers: {
        ...handlers,
        thumbs: (payload) => {
          expectTypeOf(payload).toEqualTypeOf<{ size: { width: number }; kind: 'a' | 'b' }>();
          return { at: '2026-01-01T00:00:00Z' };
        },
        mails: async ({ size }) => expectTypeOf(size.width).toEqualTypeOf<number>(),
      },
    });
    // @ts-expect-error: a result is missing
    inProcessInvoker<typeof labourers>({ handlers: { ...handlers, thumbs: () => ({}) } });
    // @ts-expect-error: a handler is missing
    inProcessInvoker<typeof labourers>({ handlers: { plain: () => 1 } });
  });

  it('find a misspelt field of a definition, as the message at run time does', () => {
    const use = [memoryStore(), inProcessInvoker({ handlers })];
    // @ts-expect-error: no such field
    assert.throws(() => createReeve({ labourers: { plain: { ...cap, retrys: 1 } }, use }), /did you mean retry\?/);
    // @ts-expect-error: no such field
    defineLabourer({ ...cap, retrys: 1 });
    // @ts-expect-error: it is no schema
    assert.throws(() => createReeve({ labourers: { plain: { ...cap, schema: {} } }, use }), /plain\.schema: is no Standard Schema/);
  });

  it('let any composition pass for one whose labourers nobody knows', () => {
    const any: Reeve = open();
    expectTypeOf(any.enqueue<string>)
      .parameter(1)
      .toEqualTypeOf<unknown>();
    const fromText = createReeve({
      labourers: '{"plain":{"maxSimultaneousInvocations":1}}',
      use: [memoryStore(), inProcessInvoker({ handlers })],
    });
    expectTypeOf(fromText).toEqualTypeOf<Reeve>();
  });
});
