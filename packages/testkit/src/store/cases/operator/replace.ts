import assert from 'node:assert/strict';
import { assertRecord, assertRefused } from '../../assertions.ts';
import type { WholeCase } from '../../bench.ts';
import { aTask, claimed, dead, find, first, held, idOf, ids, json, keyOf, LEASE, pass, released, retry } from '../../given.ts';
import { holdsWhole } from '../../holds.ts';
import { hostileTexts, sized } from '../../hostile.ts';
import { BATCH, ENDED, fourEnded, QUEUED, RUNNING, records, strangers, threeOpen, WAITING } from './ends.ts';

/** Above this a store is not tried at its very limit. */
const TRIABLE = 512 * 1_024;

const replaced = (n: number, text: string = '{"new":true}') => ({ ...keyOf(n), payload: json(text) });

export const replaceCases: readonly WholeCase[] = [
  holdsWhole('O5', 'a queued task gets another payload and keeps its place, its due time and its priority', async (bench) => {
    const due = bench.clock.now() + LEASE;
    await bench.store.enqueue([aTask(0), aTask(1), aTask(2), aTask(3, { due, priority: 4, expiresAt: due + LEASE })]);
    assert.deepEqual(await bench.store.replace([replaced(1), replaced(3, '"later"')]), ['replaced', 'replaced']);
    assertRecord(await bench.peer.find(keyOf(3)), { state: 'queued', payload: '"later"', due, priority: 4, expiresAt: due + LEASE });
    const leases = await claimed(bench);
    assert.deepEqual(
      leases.map(({ id, payload }) => [id, payload]),
      [
        [idOf(0), aTask(0).payload],
        [idOf(1), '{"new":true}'],
        [idOf(2), aTask(2).payload],
      ],
    );
    await pass(bench, LEASE);
    assert.equal(first(await claimed(bench)).payload, '"later"');
  }),
  holdsWhole('O5', 'it may be done again, and the last payload stands', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    assert.deepEqual(await bench.store.replace([replaced(0, '1'), replaced(0, '2')]), ['replaced', 'replaced']);
    assert.deepEqual(await bench.peer.replace([replaced(0, '3.0')]), ['replaced']);
    assertRecord(await find(bench, 0), { payload: '3.0' });
  }),
  holdsWhole('O5', 'payloads come back byte for byte', async (bench) => {
    await bench.store.enqueue(hostileTexts.map((_, n) => aTask(n)));
    assert.deepEqual(
      await bench.store.replace(hostileTexts.map((text, n) => replaced(n, text))),
      hostileTexts.map(() => 'replaced'),
    );
    for (const [n, text] of hostileTexts.entries()) assert.equal((await bench.peer.find(keyOf(n)))?.payload, text);
    assert.deepEqual(
      (await claimed(bench)).map(({ payload }) => payload),
      hostileTexts,
    );
  }),
  holdsWhole('O5', 'a released task, and one that was queued again, have no attempt: they get it', async (bench) => {
    const [a, b] = await held(bench, 2);
    await bench.store.settle([released(a!), dead(b!)]);
    await bench.store.redrive([keyOf(1)]);
    assert.deepEqual(await bench.store.replace([replaced(0), replaced(1)]), ['replaced', 'replaced']);
    for (const { payload } of await claimed(bench)) assert.equal(payload, '{"new":true}');
  }),
  holdsWhole('O5', 'one of which an attempt was counted keeps its payload', async (bench) => {
    const [a, b] = await held(bench, 2);
    await bench.store.settle([retry(a!), retry(b!, LEASE)]);
    assert.deepEqual(await bench.store.replace([replaced(0), replaced(1)]), ['started', 'started']);
    for (const n of [0, 1]) assertRecord(await find(bench, n), { state: 'queued', payload: aTask(n).payload });
    assert.equal(first(await claimed(bench)).payload, aTask(0).payload);
  }),
  holdsWhole('O5', 'each of a call is decided on its own, and answered in its order', async (bench) => {
    await fourEnded(bench);
    await threeOpen(bench);
    const before = await records(bench, [...ENDED, RUNNING]);
    const replacements = [
      replaced(RUNNING),
      { ...strangers[0], payload: json('0') },
      replaced(WAITING, '"waits"'),
      ...ENDED.map((n) => replaced(n)),
      { ...strangers[1], payload: json('0') },
      replaced(QUEUED, '"queued"'),
    ];
    assert.deepEqual(await bench.store.replace(replacements), [
      'started',
      'unknown',
      'replaced',
      'started',
      'started',
      'started',
      'started',
      'unknown',
      'replaced',
    ]);
    assert.deepEqual(await records(bench, [...ENDED, RUNNING]), before);
    assertRecord(await find(bench, WAITING), { payload: '"waits"' });
    assertRecord(await find(bench, QUEUED), { payload: '"queued"' });
  }),
  holdsWhole('O5', 'one payload too long fails the call, and no task of it is changed', async (bench) => {
    const most = bench.store.capabilities.maxPayloadBytes;
    if (most > TRIABLE) return;
    await bench.store.enqueue([aTask(0), aTask(1), aTask(2)]);
    await assertRefused(bench.store.replace([replaced(0), replaced(1, sized(most + 1, '€')), replaced(2)]), 'a payload too long');
    for (const n of [0, 1, 2]) assertRecord(await find(bench, n), { payload: aTask(n).payload });
    const longest = sized(most, 'é');
    assert.deepEqual(await bench.store.replace([replaced(1, longest)]), ['replaced']);
    assert.ok((await find(bench, 1))?.payload === longest, 'the longest payload came back changed');
  }),
  holdsWhole('O5', 'an empty call, and a hundred and twenty', async (bench) => {
    assert.deepEqual(await bench.store.replace([]), []);
    await bench.store.enqueue(BATCH.map((n) => aTask(n)));
    assert.deepEqual(
      await bench.store.replace(BATCH.map((n) => replaced(n, `"${n}"`))),
      BATCH.map(() => 'replaced'),
    );
    const leases = await claimed(bench);
    assert.deepEqual(ids(leases), BATCH.map(idOf));
    for (const [n, { payload }] of leases.entries()) assert.equal(payload, `"${n}"`);
  }),
];
