/** 400 KB of an item, and ids that are ours. */
import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_ITEM_SIZE } from '../../src/codec/item-size.ts';
import { MAX_PAYLOAD_BYTES } from '../../src/verbs/enqueue.ts';
import { first, GUARD, ids, json, LEASE, type Open, openTables, ref, request, soswRow, task } from '../fixtures/open.ts';
import { tapped } from '../fixtures/tapped.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
let open: Open;
beforeEach(async () => {
  open = await openTables(db);
});

const sized = (bytes: number) => json(`"${'x'.repeat(bytes - 2)}"`);

describe('payloads', () => {
  it('as long as may be go through a whole life, with an error of the longest kind', async () => {
    const store = open.store();
    const id = '\u{1f33e}'.repeat(64);
    expect(await store.enqueue([task(id, { payload: sized(MAX_PAYLOAD_BYTES) })])).toEqual(['created']);
    const lease = first((await store.claim(request())).leases);
    expect(await store.settle([{ ...ref(lease), kind: 'retry', after: 0, error: '€'.repeat(2_048) }])).toEqual(['applied']);
    const again = first((await store.claim(request())).leases);
    expect(again.payload).toHaveLength(MAX_PAYLOAD_BYTES);
    expect(await store.settle([{ ...ref(again), kind: 'completed', result: json('{"rows": 7}') }])).toEqual(['applied']);
    expect(await store.find(lease)).toMatchObject({ state: 'completed', result: '{"rows": 7}' });
    expect(await open.closed(id)).toMatchObject({ labourer_id_task_status: { S: 'mill_1' } });
    expect(await open.places()).toEqual([]);
  });

  it('as long as may be go through twelve failures of the longest kind, a cancellation, a redrive and a burial', async () => {
    const store = open.store();
    await store.enqueue([task('full', { payload: sized(MAX_PAYLOAD_BYTES) })]);
    for (let n = 1; n <= 12; n += 1) {
      const lease = first((await store.claim(request())).leases);
      expect(lease.attempt).toBe(n);
      expect(await store.settle([{ ...ref(lease), kind: 'retry', after: 0, error: `${n} ${'€'.repeat(2_040)}` }])).toEqual(['applied']);
      const errors = (await store.find(lease))?.errors ?? [];
      // The last is kept whatever happens, and as many of those before it as there is room for.
      expect(errors.at(-1)).toMatchObject({ attempt: n, error: expect.stringMatching(new RegExp(`^${n} €`)) });
    }
    expect(await store.bury([{ ...task('full'), error: '€'.repeat(2_048) }])).toEqual(['buried']);
    expect(await store.redrive([task('full')])).toEqual(['queued']);
    const lease = first((await store.claim(request())).leases);
    await store.cancel([lease]);
    expect(await store.settle([{ ...ref(lease), kind: 'completed', result: json('{"rows": 7}') }])).toEqual(['cancelled']);
    expect(await store.find(lease)).toMatchObject({ state: 'cancelled' });
    expect(await open.places()).toEqual([]);
  });

  it('what follows counts with the payload', async () => {
    const store = open.store();
    const long = task('long', { payload: sized(MAX_PAYLOAD_BYTES - 10), follow: json('"after this"') });
    await expect(store.enqueue([long])).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringContaining('payload and follow of "long"'),
    });
    await store.enqueue([task('ends', { payload: json('1'), follow: sized(20_000) })]);
    const replacement = { ...task('ends'), payload: sized(MAX_PAYLOAD_BYTES) };
    await expect(store.replace([replacement])).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    expect(await store.find(task('ends'))).toMatchObject({ payload: '1' });
  });

  it('one byte longer, and ids that begin as ours do, are refused before anything is sent', async () => {
    let sent = 0;
    const client = tapped(db.client, (_, go) => {
      sent += 1;
      return go();
    });
    const store = open.store({ client });
    for (const [bad, code] of [
      [task('long', { payload: sized(MAX_PAYLOAD_BYTES + 1) }), 'PAYLOAD_TOO_LARGE'],
      [task('reeve:places:mill:0'), 'INVALID_TASK_ID'],
    ] as const) {
      await expect(store.enqueue([task('a'), bad])).rejects.toMatchObject({ kind: 'input', code });
    }
    expect(sent).toBe(0);
    expect(await store.enqueue([task('reeve'), task('Reeve:x'), task(' reeve:x')])).toEqual(['created', 'created', 'created']);
  });
});

describe('results', () => {
  it('that do not fit beside the payload fail the call before anything is written, also of the others', async () => {
    const store = open.store();
    await store.enqueue([task('small'), task('large', { payload: sized(300_000) }), task('third')]);
    const { leases } = await store.claim(request());
    const verdicts = leases.map((each) => ({ ...ref(each), kind: 'completed' as const, result: sized(200_000) }));
    const before = await Promise.all(ids(leases).map((id) => open.row(id)));
    await expect(store.settle(verdicts)).rejects.toMatchObject({
      kind: 'input',
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringContaining('"large"'),
    });
    expect(await Promise.all(ids(leases).map((id) => open.row(id)))).toEqual(before);
    const fitting = verdicts.filter(({ id }) => id !== 'large');
    expect(await store.settle(fitting)).toEqual(['applied', 'applied']);
    expect(
      await store.settle(
        verdicts.filter(({ id }) => id === 'large').map((each) => ({ ...each, kind: 'dead' as const, error: 'too long' })),
      ),
    ).toEqual(['applied']);
    expect(await open.places()).toEqual([]);
  });

  it('up to the brim are kept, in the closed row as well', async () => {
    const store = open.store();
    await store.enqueue([task('a')]);
    const lease = first((await store.claim(request())).leases);
    let size = 390_000;
    for (const step of [10_000, 1_000, 100, 10]) {
      // The longest that is taken, to ten bytes.
      for (;;) {
        const trial = { ...ref(lease), kind: 'completed' as const, result: sized(size + step) };
        const outcome = await store.settle([{ ...trial, token: lease.token }]).catch((error: { code: string }) => error.code);
        if (outcome === 'PAYLOAD_TOO_LARGE') break;
        expect(outcome).toEqual(['applied']);
        expect(await store.find(lease)).toMatchObject({ state: 'completed', result: trial.result });
        expect((await open.closed('a'))?.['reeve_result']?.S).toBe(trial.result);
        return;
      }
      size -= step;
    }
  });

  it('of a stale or repeated verdict do not matter, however long', async () => {
    const store = open.store();
    await store.enqueue([task('a', { payload: sized(300_000) }), task('b')]);
    const { leases } = await store.claim(request());
    const verdicts = leases.map((each) => ({ ...ref(each), kind: 'completed' as const }));
    await store.settle(verdicts);
    const long = verdicts.map((each) => ({ ...each, result: sized(200_000) }));
    expect(await store.settle(long)).toEqual(['repeated', 'repeated']);
    expect(await store.settle(long.map((each) => ({ ...each, token: 'another' })))).toEqual(['stale', 'stale']);
    expect(await store.settle([{ ...long[0]!, id: 'nobody' }])).toEqual(['stale']);
  });

  it.each([
    ['very deep', '['.repeat(500) + ']'.repeat(500)],
    ['an object that is very deep', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`],
    ['names of all kinds', '{"": 1, "a b": 2, "é-ü": 3, "__proto__": {"x": 1}, "constructor": 4, "a": 5, "a": 6}'],
    ['numbers of all sizes', '{"big": 123456789012345678901234567890123456789012345, "far": 1e400, "near": 1e-200, "zero": -0.0}'],
    ['empty parts', '{"s": "", "l": [], "m": {}, "n": null}'],
    ["names of the row's own attributes", '{"task_id": "x", "greenfield": 1}'],
    ['text that DynamoDB has no room for', JSON.stringify({ nul: '\u0000', pair: '\u{1f33e}' })],
    ['a very long name', JSON.stringify({ ['n'.repeat(70_000)]: 1 })],
  ])('that hold %s close their task all the same', async (_, text) => {
    const store = open.store();
    await store.enqueue([task('a')]);
    const lease = first((await store.claim(request())).leases);
    expect(await store.settle([{ ...ref(lease), kind: 'completed', result: json(text), stats: json(text) }])).toEqual(['applied']);
    expect(await store.find(lease)).toMatchObject({ state: 'completed', result: text, stats: text });
    expect(await open.closed('a')).toMatchObject({
      task_id: { S: 'a' },
      labourer_id_task_status: { S: 'mill_1' },
      reeve_result: { S: text },
    });
    expect(await open.places()).toEqual([]);
  });
});

describe('rows of other programs that are nearly full', () => {
  /** With a payload that makes the whole row so many bytes less than DynamoDB takes. */
  const full = (id: string, spare: number) => {
    const row = soswRow(id, open.clock.now() - 1_000, { payload: { S: '""' } });
    const own = Object.entries(row).reduce((sum, [name, { S, N }]) => sum + name.length + (S?.length ?? (N ?? '').length), 0);
    return { ...row, payload: { S: sized(MAX_ITEM_SIZE - own - spare) } };
  };

  it.each([0, 40, 300, 3_000])('stop no other: with %i bytes left one is set aside, and reported', async (spare) => {
    await open.put(open.tables.tasks, full('full', spare));
    const store = open.store();
    await store.enqueue([task('a')]);
    const { leases, aside = [] } = await store.claim(request());
    expect(ids(leases)).toEqual(['a']);
    expect(aside).toMatchObject([{ labourer: 'mill', id: 'full', problem: expect.stringMatching(/^the item has more than \d+ bytes/) }]);
    expect(await store.find({ labourer: 'mill', id: 'full' })).toMatchObject({ state: 'aside' });
    expect(await store.list({ labourer: 'mill', state: 'aside', limit: 10 })).toMatchObject({ tasks: [{ id: 'full' }] });
    expect((await open.row('full'))?.['payload']?.S?.length).toBeGreaterThan(400_000);
    expect((await open.store().claim(request())).aside).toBeUndefined();
  });

  it.each([0, 10, 100])('are archived when a worker of sosw completes them, with %i bytes left for nothing else', async (spare) => {
    await open.put(open.tables.tasks, { ...full('full', spare + 30), completed_at: { N: '1767614400.25' } });
    const store = open.store({ lookForSosw: 0 });
    await store.enqueue([task('a')]);
    expect(ids((await store.claim(request())).leases)).toEqual(['a']);
    expect((await store.maintain(['mill'])).more).toBe(false);
    expect((await open.row('full'))?.['greenfield']).toBeUndefined();
    expect(await open.closed('full')).toMatchObject({ labourer_id_task_status: { S: 'mill_1' }, completed_at: { N: '1767614400.25' } });
    expect(await store.find({ labourer: 'mill', id: 'full' })).toMatchObject({ state: 'completed' });
  });

  it('and hold a lease can be retried and buried, whatever the length of the error', async () => {
    await open.put(open.tables.tasks, full('full', 4_200));
    const store = open.store();
    expect(ids((await store.claim(request())).leases)).toEqual(['full']);
    for (const kind of ['retry', 'dead'] as const) {
      await open.clock.advance(LEASE + GUARD);
      const lease = first(await store.expired(['mill'], 10));
      expect(await store.reap([{ ...ref(lease), kind, after: 0, error: '€'.repeat(2_048) }])).toEqual(['applied']);
      if (kind === 'retry') await store.claim(request());
    }
    expect(await store.find({ labourer: 'mill', id: 'full' })).toMatchObject({ state: 'dead', error: expect.stringMatching(/^€/) });
    expect(await open.closed('full')).toMatchObject({ labourer_id_task_status: { S: 'mill_0' } });
  });
});
