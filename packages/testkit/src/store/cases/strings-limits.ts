import assert from 'node:assert/strict';
import { assertRecord, assertRefused } from '../assertions.ts';
import type { StoreCase } from '../bench.ts';
import { aTask, claimed, completed, dead, expired, find, first, held, ids, json, LEASE, labourer, pass, retry, tasks } from '../given.ts';
import { holds } from '../holds.ts';
import { hostileErrors, hostileIds, hostileTexts, sized } from '../hostile.ts';

const KIB = 1_024;
/** What a case may fill a store with. */
const MOST = 256 * KIB;
/** Above this a store is not tried at its very limit. */
const TRIABLE = 512 * KIB;

export const stringLimitCases: readonly StoreCase[] = [
  holds('E1', 'every id that core lets through names its own task, through every verb', async (bench) => {
    const all = hostileIds.map((id, n) => aTask(n, { id, payload: json(JSON.stringify(id)) }));
    assert.deepEqual(
      await bench.store.enqueue(all),
      all.map(() => 'created'),
    );
    assert.deepEqual(
      await bench.peer.enqueue(all),
      all.map(() => 'duplicate'),
    );
    const leases = await claimed(bench);
    assert.deepEqual(ids(leases), hostileIds);
    for (const { id, payload } of leases) assert.equal(payload, JSON.stringify(id));
    const renewals = await bench.store.renew(leases.map((each) => ({ ...each, lease: 2 * LEASE })));
    assert.ok(renewals.every(({ kind }) => kind === 'renewed'));
    await pass(bench, 2 * LEASE);
    assert.deepEqual([...ids(await expired(bench))].sort(), [...hostileIds].sort());
    const verdicts = leases.map((each, n) => (n % 2 ? completed(each, each.payload) : dead(each, each.id)));
    assert.deepEqual(
      await bench.peer.settle(verdicts),
      verdicts.map(() => 'applied'),
    );
    for (const [n, id] of hostileIds.entries()) {
      const record = await bench.store.find({ labourer, id });
      assertRecord(record, n % 2 ? { id, state: 'completed', result: JSON.stringify(id) } : { id, state: 'dead', error: id });
    }
    await bench.settled?.();
    const listed = await bench.store.list({ labourer, state: 'dead', limit: 1_000 });
    assert.deepEqual([...ids(listed.tasks)].sort(), hostileIds.filter((_, n) => n % 2 === 0).sort());
  }),
  holds('E1', 'payloads come back byte for byte: digits, order of keys, blanks, escapes', async (bench) => {
    await bench.store.enqueue(hostileTexts.map((text, n) => aTask(n, { payload: json(text) })));
    const leases = await claimed(bench);
    for (const [n, text] of hostileTexts.entries()) {
      assert.equal(leases[n]?.payload, text);
      assert.equal((await bench.peer.find(aTask(n)))?.payload, text);
    }
    await bench.store.settle(leases.map((each) => retry(each)));
    assert.deepEqual(
      (await claimed(bench)).map(({ payload }) => payload),
      hostileTexts,
    );
  }),
  holds('V3', 'results and statistics come back byte for byte', async (bench) => {
    const leases = await held(bench, hostileTexts.length);
    const verdicts = leases.map((each, n) => ({ ...completed(each, hostileTexts[n]), stats: json(hostileTexts.at(-1 - n) ?? '') }));
    await bench.store.settle(verdicts);
    for (const [n, text] of hostileTexts.entries()) {
      assertRecord(await bench.peer.find(aTask(n)), { state: 'completed', result: text, stats: hostileTexts.at(-1 - n) });
    }
  }),
  holds('V4', 'error texts come back as they were given, and none can stop a verdict', async (bench) => {
    const leases = await held(bench, hostileErrors.length);
    assert.deepEqual(
      await bench.store.settle(leases.map((each, n) => retry(each, 0, hostileErrors[n] ?? ''))),
      leases.map(() => 'applied'),
    );
    for (const [n, error] of hostileErrors.entries()) assertRecord(await find(bench, n), { state: 'queued', lastError: error });
    const again = await claimed(bench);
    await bench.store.settle(again.map((each, n) => dead(each, hostileErrors.at(-1 - n) ?? '')));
    for (const n of hostileErrors.keys()) assertRecord(await find(bench, n), { state: 'dead', error: hostileErrors.at(-1 - n) });
  }),
  holds('E1', 'a payload as long as the store takes, or 256 KiB, comes back whole', async (bench) => {
    const most = Math.min(bench.store.capabilities.maxPayloadBytes, MOST);
    const texts = [sized(most, 'x'), sized(most, 'é'), sized(most, '€')];
    for (const [n, text] of texts.entries()) assert.deepEqual(await bench.store.enqueue([aTask(n, { payload: json(text) })]), ['created']);
    const leases = await claimed(bench);
    assert.equal(leases.length, texts.length);
    for (const [n, text] of texts.entries()) assert.ok(leases[n]?.payload === text, `payload ${n} came back changed`);
    await bench.store.settle([completed(first(leases), '1')]);
    assert.ok((await find(bench, 0))?.payload === texts[0], 'the payload of an ended task is changed');
  }),
  holds('E1', 'the longest payload is taken to the byte, and one byte more refused', async (bench) => {
    const most = bench.store.capabilities.maxPayloadBytes;
    if (most > TRIABLE) return;
    assert.deepEqual(await bench.store.enqueue([aTask(1, { payload: json(sized(most, 'x')) })]), ['created']);
    for (const [n, unit] of ['x', 'é', '€', '\u{1f33e}'].entries()) {
      await assertRefused(bench.store.enqueue([aTask(n + 2, { payload: json(sized(most + 1, unit)) })]), `${most + 1} bytes of ${unit}`);
      assert.equal(await find(bench, n + 2), undefined);
    }
  }),
  holds('E1', 'of a thousand tasks with one too long none is written', async (bench) => {
    const most = bench.store.capabilities.maxPayloadBytes;
    if (most > TRIABLE) return;
    const all = tasks(1_000).map((each, n) => (n === 700 ? { ...each, payload: json(sized(most + 1, 'x')) } : each));
    await assertRefused(bench.store.enqueue(all), 'a call with one payload too long');
    await bench.settled?.();
    assert.deepEqual(await bench.store.census([labourer]), [{ due: 0, waiting: 0, running: 0, expired: 0 }]);
    for (const n of [0, 699, 700, 999]) assert.equal(await find(bench, n), undefined);
    assert.deepEqual(await bench.store.enqueue(all.slice(0, 3)), ['created', 'created', 'created']);
  }),
];
