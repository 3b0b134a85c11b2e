import assert from 'node:assert/strict';
import type { AttemptError } from '@reeve/core';
import { assertRecord } from '../assertions.ts';
import type { StoreBench, StoreCase } from '../bench.ts';
import { aTask, claimed, completed, dead, expired, find, first, held, LEASE, pass, range, released, retry } from '../given.ts';
import { holds } from '../holds.ts';
import { hostileErrors } from '../hostile.ts';

/** Fails so many attempts of one task, a second apart. @returns what is to be kept of each */
const fail = async (bench: StoreBench, errors: readonly string[]): Promise<readonly AttemptError[]> => {
  const kept: AttemptError[] = [];
  for (const error of errors) {
    const lease = first(await claimed(bench, { limit: 1 }));
    await bench.clock.advance(1_000);
    assert.deepEqual(await bench.store.settle([retry(lease, 0, error)]), ['applied']);
    kept.push({ attempt: lease.attempt, at: bench.clock.now(), error });
  }
  return kept;
};

export const errorCases: readonly StoreCase[] = [
  holds('V4', 'a task that never failed has no errors', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    assertRecord(await find(bench, 0), { state: 'queued', errors: [], lastError: undefined });
    const lease = first(await claimed(bench));
    assertRecord(await find(bench, 0), { state: 'running', errors: [], lastError: undefined });
    await bench.store.settle([completed(lease)]);
    assertRecord(await find(bench, 0), { state: 'completed', errors: [] });
  }),
  holds('V4', 'each error is kept with its attempt and its instant, the oldest first, in whatever state', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    const errors = await fail(bench, ['one', 'two', 'three']);
    assertRecord(await bench.peer.find(aTask(0)), { state: 'queued', errors, lastError: 'three' });
    const lease = first(await claimed(bench));
    assertRecord(await bench.peer.find(aTask(0)), { state: 'running', errors, lastError: 'three' });
    await bench.store.settle([completed(lease)]);
    assertRecord(await bench.peer.find(aTask(0)), { state: 'completed', errors });
  }),
  holds('V5', 'the error that ends a task is the last of them', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    const before = await fail(bench, ['one', 'one']);
    await bench.store.settle([dead(first(await claimed(bench)), 'the end')]);
    const errors = [...before, { attempt: 3, at: bench.clock.now(), error: 'the end' }];
    assertRecord(await bench.peer.find(aTask(0)), { state: 'dead', error: 'the end', errors });
  }),
  holds('V5', 'of twelve errors the last ten are kept', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    const all = await fail(
      bench,
      range(11).map((n) => `error ${n}`),
    );
    assertRecord(await find(bench, 0), { attempts: 11, errors: all.slice(1) });
    await bench.store.settle([dead(first(await claimed(bench)), 'the twelfth')]);
    const errors = [...all.slice(2), { attempt: 12, at: bench.clock.now(), error: 'the twelfth' }];
    assertRecord(await find(bench, 0), { state: 'dead', attempts: 12, error: 'the twelfth', errors });
  }),
  holds('V5', 'ten errors as long as they may be come back to the letter', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    const texts = range(10).map((n) => String(n) + (n % 2 ? '€' : 'x').repeat(2_047));
    const errors = await fail(bench, texts);
    assertRecord(await bench.peer.find(aTask(0)), { errors });
    assert.equal(first(await claimed(bench)).attempt, 11);
  }),
  holds('V4', 'errors of whatever text come back to the letter', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    const errors = await fail(bench, hostileErrors);
    assertRecord(await bench.peer.find(aTask(0)), { errors: errors.slice(-10), lastError: hostileErrors.at(-1) });
  }),
  holds('V6', 'a release adds no error, and the attempt that it gave back fails under its own number', async (bench) => {
    await bench.store.enqueue([aTask(0)]);
    const [one] = await fail(bench, ['one']);
    await bench.store.settle([released(first(await claimed(bench)))]);
    assertRecord(await find(bench, 0), { errors: [one] });
    const [two] = await fail(bench, ['two']);
    assert.equal(two?.attempt, 2);
    assertRecord(await find(bench, 0), { errors: [one, two] });
  }),
  holds('V2', 'a word that is repeated or stale adds no error', async (bench) => {
    const lease = first(await held(bench, 1));
    await bench.store.settle([retry(lease, LEASE, 'once')]);
    const before = await find(bench, 0);
    await bench.clock.advance(1_000);
    await bench.peer.settle([retry(lease, LEASE, 'twice'), dead(lease, 'thrice')]);
    assert.deepEqual(await find(bench, 0), before);
  }),
  holds('R2', 'what is reaped keeps the error of whoever reaped it', async (bench) => {
    await held(bench, 2);
    await pass(bench, LEASE);
    const [a, b] = await expired(bench);
    await bench.store.reap([retry(a!, LEASE, 'timed out'), dead(b!, 'timed out for good')]);
    const at = bench.clock.now();
    assertRecord(await bench.peer.find(a!), { errors: [{ attempt: 1, at, error: 'timed out' }] });
    assertRecord(await bench.peer.find(b!), { errors: [{ attempt: 1, at, error: 'timed out for good' }], error: 'timed out for good' });
  }),
  holds('V8', 'each task keeps its own errors, of many that fail in one call', async (bench) => {
    const leases = await held(bench, 40);
    await bench.store.settle(leases.map((each, n) => (n % 2 ? dead(each, `error ${n}`) : retry(each, LEASE, `error ${n}`))));
    const at = bench.clock.now();
    for (const n of range(40)) assertRecord(await find(bench, n), { errors: [{ attempt: 1, at, error: `error ${n}` }] });
  }),
];
