import assert from 'node:assert/strict';
import { encodeJson, type Handler, InProcessInvoker, type Labourer, type LabourerDefinition, ReeveError, type Schema } from '@reeve/core';
import { describe, it } from 'vitest';
import * as z from 'zod';
import { rig } from './rig.ts';

const taking = (schemas: Pick<LabourerDefinition, 'schema' | 'result'>, handler: Handler = () => undefined) => {
  const invoker = new InProcessInvoker({ handlers: { a: handler } });
  return rig({
    labourers: { a: { maxSimultaneousInvocations: 2, ...schemas } },
    play: (lease, context, labourer) => invoker.invoke(labourer, lease, context),
  });
};
/** A schema as somebody might write it by hand. */
const schemaOf = (validate: Schema['~standard']['validate']): Schema => ({ '~standard': { version: 1, vendor: 'own', validate } });
const refusal = (words: RegExp) => (error: unknown) => ReeveError.is(error, 'PAYLOAD_REFUSED') && words.test(error.message);
const ended = async (r: ReturnType<typeof rig>, id = '1') => {
  await r.orchestrator.tick();
  const task = await r.store.find({ labourer: 'a', id });
  if (task?.state === 'dead') return `dead: ${task.error}`;
  return task?.state === 'completed' ? `completed: ${task.result}` : task?.state;
};

describe('at the door', () => {
  it('an async schema is waited for', async () => {
    const r = taking({ schema: z.number().refine(async (n) => n > 5, 'too few') });
    await assert.rejects(r.enqueuer.enqueue('a', 3), refusal(/^payload: too few/));
    const items = Array.from({ length: 250 }, (_, n) => ({ payload: n === 240 ? 1 : 9 }));
    await assert.rejects(r.enqueuer.enqueueMany('a', items), refusal(/^items\[240\]\.payload: too few/));
    assert.equal((await r.enqueuer.enqueue('a', 6)).outcome, 'created');
  });

  it('what the worker will read is what has to fit: a Date is a text by then', async () => {
    const r = taking({ schema: z.object({ at: z.date() }) });
    await assert.rejects(r.enqueuer.enqueue('a', { at: new Date(0) }), refusal(/^payload\.at: .*expected date, received string/));
    const coerced = taking({ schema: z.object({ at: z.coerce.date() }) }, ({ at }: { at: Date }) => at.getTime());
    await coerced.enqueuer.enqueue('a', { at: new Date(7) }, { id: '1' });
    assert.equal(await ended(coerced), 'completed: 7');
  });

  it('a schema that changes what it is given changes nothing of what is kept', async () => {
    const r = taking({ schema: schemaOf((value) => ({ value: Object.assign(value as object, { more: 1 }) })) });
    const payload = { n: 1 };
    await r.enqueuer.enqueue('a', payload, { id: '1' });
    assert.deepEqual([payload, (await r.store.find({ labourer: 'a', id: '1' }))?.payload], [{ n: 1 }, '{"n":1}']);
  });

  it('a schema that throws is told apart, and nothing is written', async () => {
    const r = taking({
      schema: schemaOf(() => {
        throw new Error('no connection');
      }),
    });
    await assert.rejects(
      r.enqueuer.enqueue('a', 1, { id: '1' }),
      (error) => refusal(/^payload: its schema could not be asked/)(error) && (error as Error).cause instanceof Error,
    );
    assert.equal(await r.store.find({ labourer: 'a', id: '1' }), undefined);
  });

  it('tells some of many problems', async () => {
    const r = taking({ schema: z.array(z.string()) });
    await assert.rejects(
      r.enqueuer.enqueue(
        'a',
        Array.from({ length: 12 }, () => 1),
      ),
      refusal(/^payload\[0\]: .*payload\[4\]: [^;]*; and 7 more \[/),
    );
  });

  it('what is no JSON is told as it was', async () => {
    const r = taking({ schema: z.unknown() });
    await assert.rejects(r.enqueuer.enqueue('a', { n: 1n }), (error) => ReeveError.is(error, 'PAYLOAD_NOT_JSON'));
  });
});

describe('at the worker', () => {
  const stored = async (r: ReturnType<typeof rig>, payload: unknown) =>
    r.store.enqueue([{ labourer: 'a', id: '1', payload: encodeJson(payload, { what: 'payload', maxBytes: 1_000 }) }]);

  it('a payload in the store that does not fit any more is dead, and says so without its values', async () => {
    let called = 0;
    const r = taking(
      { schema: schemaOf((value) => ({ issues: [{ message: `bad ${JSON.stringify(value)}`, path: [] }] })) },
      () => (called += 1),
    );
    await stored(r, 'secret');
    assert.equal(await ended(r), 'dead: PayloadRefused: it does not fit the schema of a: payload: bad "…"');
    assert.equal(called, 0);
  });

  it('a schema that throws has failed this attempt only', async () => {
    const r = taking({ schema: schemaOf(async () => Promise.reject(new Error('no connection'))) });
    await stored(r, 1);
    assert.equal(await ended(r), 'queued');
    assert.deepEqual(
      r.named('task.retried').map(({ error }) => error),
      ['no connection'],
    );
  });

  it('a result is kept as it was returned, if it fits', async () => {
    const result = z.object({ n: z.string().transform(Number) });
    const good = taking({ result }, () => ({ n: '5' }));
    await stored(good, 1);
    assert.equal(await ended(good), 'completed: {"n":"5"}');
    const bad = taking({ result }, () => ({ n: 5 }));
    await stored(bad, 1);
    assert.match(String(await ended(bad)), /^dead: ResultRefused: it does not fit the schema of a: result\.n: .*expected string/);
    const none = taking({ result });
    await stored(none, 1);
    assert.match(String(await ended(none)), /^dead: ResultRefused: .*result: /);
    const optional = taking({ result: result.optional() });
    await stored(optional, 1);
    assert.equal(await ended(optional), 'completed: undefined');
  });
});

describe('without a schema', () => {
  it('nobody looks for one', async () => {
    const invoker = new InProcessInvoker({ handlers: { a: () => 1 } });
    const r = rig({ play: (lease, context, labourer: Labourer) => invoker.invoke(labourer, lease, context) });
    await r.enqueuer.enqueue('a', { any: 'thing' }, { id: '1' });
    assert.equal(await ended(r), 'completed: 1');
  });
});
