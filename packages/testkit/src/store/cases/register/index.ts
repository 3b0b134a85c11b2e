import assert from 'node:assert/strict';
import type { Change, Register, Written } from '@reeve/core';
import type { WholeCase } from '../../bench.ts';
import { first, json, pass, range } from '../../given.ts';
import { holdsWhole } from '../../holds.ts';
import { hostileIds, hostileTexts, sized } from '../../hostile.ts';
import { registerRaceCases } from './races.ts';
import { registerRefusalCases } from './refusals.ts';

const change = async (register: Register, ...changes: readonly Change[]): Promise<readonly Written[]> =>
  (await register.change(changes)).outcomes;

const written = { kind: 'written' } as const;

const entry = (value: string, stamp: string) => ({ value: json(value), stamp });

const look = async (register: Register, ...names: readonly string[]) => (await register.look(names)).entries;

export const registerCases: readonly WholeCase[] = [
  holdsWhole('G1', 'a name that nobody wrote has no entry, and both calls say the instant', async ({ store, clock }) => {
    assert.deepEqual(await store.look(['nothing', 'nor this']), { entries: [undefined, undefined], at: clock.now() });
    await clock.advance(1_501);
    assert.deepEqual(await store.look([]), { entries: [], at: clock.now() });
    assert.deepEqual(await store.change([{ name: 'a', value: json('1'), stamp: 's' }]), { outcomes: [written], at: clock.now() });
    assert.deepEqual(await store.change([]), { outcomes: [], at: clock.now() });
  }),
  holdsWhole('G1', 'what one connection has written the other sees at once, in the order of the names', async ({ store, peer }) => {
    for (const n of range(10)) {
      await change(store, { name: 'a', value: json(`${n}`), stamp: `a${n}` }, { name: 'b', value: json(`"${n}"`), stamp: `b${n}` });
      assert.deepEqual(await look(peer, 'b', 'c', 'a', 'b'), [
        entry(`"${n}"`, `b${n}`),
        undefined,
        entry(`${n}`, `a${n}`),
        entry(`"${n}"`, `b${n}`),
      ]);
    }
  }),
  holdsWhole('G1', 'an entry that was forgotten has none', async ({ store, peer }) => {
    await change(store, { name: 'a', value: json('1'), stamp: 'one' }, { name: 'b', value: json('2'), stamp: 'two' });
    assert.deepEqual(await change(peer, { name: 'a', stamp: 'three' }, { name: 'nothing', stamp: 'four' }), [written, written]);
    assert.deepEqual(await look(store, 'a', 'b'), [undefined, entry('2', 'two')]);
  }),
  holdsWhole('G2', 'null expects that there is none, and the first has it', async ({ store, peer }) => {
    const one = { name: 'a', value: json('1'), stamp: 'one', expected: null };
    assert.deepEqual(await change(store, one), [written]);
    assert.deepEqual(await change(peer, { ...one, value: json('2'), stamp: 'two' }), [{ kind: 'stale', entry: entry('1', 'one') }]);
    await change(store, { name: 'a', stamp: 'three', expected: 'one' });
    assert.deepEqual(await change(peer, { ...one, value: json('4'), stamp: 'four' }), [written]);
    assert.deepEqual(await look(store, 'a'), [entry('4', 'four')]);
  }),
  holdsWhole('G2', 'a stamp expects the change that bore it, and a change that expects nothing takes what there is', async ({ store }) => {
    assert.deepEqual(await change(store, { name: 'a', value: json('1'), stamp: 'one' }), [written]);
    assert.deepEqual(await change(store, { name: 'a', value: json('2'), stamp: 'two', expected: 'one' }), [written]);
    assert.deepEqual(await change(store, { name: 'a', value: json('3'), stamp: 'three' }), [written]);
    assert.deepEqual(await change(store, { name: 'a', value: json('4'), stamp: 'four', expected: 'two' }), [
      { kind: 'stale', entry: entry('3', 'three') },
    ]);
    assert.deepEqual(await look(store, 'a'), [entry('3', 'three')]);
  }),
  holdsWhole('G3', 'a change that expects what does not lie there names what does, and changes nothing', async ({ store, peer }) => {
    await change(store, { name: 'a', value: json('{"n":1.0}'), stamp: 'one' });
    const stale = { kind: 'stale', entry: entry('{"n":1.0}', 'one') };
    for (const expected of [null, 'two', 'One', 'one ', '']) {
      assert.deepEqual(await change(peer, { name: 'a', value: json('2'), stamp: 'x', expected }), [stale], `expected ${expected}`);
      assert.deepEqual(await change(peer, { name: 'a', stamp: 'x', expected }), [stale], `expected ${expected}`);
    }
    assert.deepEqual(await look(store, 'a'), [stale.entry]);
  }),
  holdsWhole('G3', 'where nothing lies there is nothing to name', async ({ store }) => {
    assert.deepEqual(await change(store, { name: 'a', value: json('2'), stamp: 'two', expected: 'one' }), [{ kind: 'stale' }]);
    assert.deepEqual(await change(store, { name: 'a', stamp: 'two', expected: 'one' }), [{ kind: 'stale' }]);
    assert.deepEqual(await look(store, 'a'), [undefined]);
  }),
  holdsWhole('G3', 'a change that was carried out twice is stale, and finds its own stamp', async ({ store, peer }) => {
    const one = { name: 'a', value: json('1'), stamp: 'one', expected: null };
    await change(store, one);
    assert.deepEqual(await change(peer, one), [{ kind: 'stale', entry: entry('1', 'one') }]);
    const two = { name: 'a', value: json('2'), stamp: 'two', expected: 'one' };
    await change(store, two);
    assert.deepEqual(await change(peer, two), [{ kind: 'stale', entry: entry('2', 'two') }]);
  }),
  holdsWhole('G3', 'each change of a call is made on its own, and answered in its order', async ({ store, peer }) => {
    await change(store, { name: 'a', value: json('1'), stamp: 'one' }, { name: 'b', value: json('2'), stamp: 'two' });
    const changes = [
      { name: 'b', value: json('3'), stamp: 'three', expected: 'wrong' },
      { name: 'c', value: json('4'), stamp: 'four', expected: null },
      { name: 'a', stamp: 'five', expected: 'one' },
      { name: 'd', value: json('6'), stamp: 'six', expected: 'five' },
      { name: 'e', value: json('7'), stamp: 'seven' },
    ];
    assert.deepEqual(await change(store, ...changes), [
      { kind: 'stale', entry: entry('2', 'two') },
      written,
      written,
      { kind: 'stale' },
      written,
    ]);
    const expected = [undefined, entry('2', 'two'), entry('4', 'four'), undefined, entry('7', 'seven')];
    assert.deepEqual(await look(peer, 'a', 'b', 'c', 'd', 'e'), expected);
  }),
  holdsWhole('G4', 'an entry is there until the instant its keep ends, and forgotten at it', async (bench) => {
    const { store, peer, clock } = bench;
    const kept = entry('1', 'one');
    await change(store, { name: 'a', value: kept.value, stamp: 'one', keep: 10_000 }, { name: 'b', value: kept.value, stamp: 'one' });
    await clock.advance(9_999 - store.capabilities.clockGuard);
    assert.deepEqual(await look(peer, 'a', 'b'), [kept, kept]);
    const late = { name: 'a', value: json('2'), stamp: 'two', expected: null };
    assert.deepEqual(await change(peer, late), [{ kind: 'stale', entry: kept }]);
    await pass(bench, 1 + store.capabilities.clockGuard);
    assert.deepEqual(await look(peer, 'a', 'b'), [undefined, kept]);
    assert.deepEqual(await change(peer, { ...late, expected: 'one' }), [{ kind: 'stale' }]);
    assert.deepEqual(await change(peer, late), [written]);
    assert.deepEqual(await look(store, 'a'), [entry('2', 'two')]);
  }),
  holdsWhole('G4', 'each change says anew how long it is kept', async (bench) => {
    const { store, peer } = bench;
    const name = 'a';
    await change(store, { name, value: json('1'), stamp: 'one', keep: 10_000 });
    await change(store, { name, value: json('2'), stamp: 'two', keep: 60_000 });
    await pass(bench, 10_000);
    assert.deepEqual(await look(peer, name), [entry('2', 'two')]);
    await change(store, { name, value: json('3'), stamp: 'three', expected: 'two' });
    await pass(bench, 3_600_000);
    assert.deepEqual(await look(peer, name), [entry('3', 'three')]);
    await change(store, { name, value: json('4'), stamp: 'four', keep: 1_000 });
    await pass(bench, 1_000);
    assert.deepEqual(await look(peer, name), [undefined]);
  }),
  holdsWhole('G4', 'a stale change does not make an entry last', async (bench) => {
    const { store, peer } = bench;
    await change(store, { name: 'a', value: json('1'), stamp: 'one', keep: 10_000 });
    await change(peer, { name: 'a', value: json('2'), stamp: 'two', expected: 'wrong', keep: 3_600_000 });
    await pass(bench, 10_000);
    assert.deepEqual(await look(store, 'a'), [undefined]);
  }),
  holdsWhole('G4', 'the house is kept without harm to what lasts', async (bench) => {
    const { store, clock } = bench;
    const names = range(60).map((n) => `name-${n}`);
    const short = (n: number) => n % 2 === 0;
    const changes = names.map((name, n) => ({ name, value: json(`${n}`), stamp: 's', ...(short(n) && { keep: 1_000 }) }));
    await store.change(changes);
    await pass(bench, 2_000);
    for (const _ of range(3)) await store.maintain(['labourer-a']);
    await clock.advance(400 * 24 * 3_600_000);
    for (const _ of range(3)) await store.maintain(['labourer-a']);
    assert.deepEqual(
      await look(store, ...names),
      names.map((_, n) => (short(n) ? undefined : entry(`${n}`, 's'))),
    );
  }),
  holdsWhole('G5', 'every name that differs in anything is a name apart', async ({ store, peer }) => {
    const names = [...hostileIds, 'n'.repeat(256), `${'n'.repeat(255)}m`, '\u{1f33e}'.repeat(128), '€'.repeat(256)];
    const changes = names.map((name, n) => ({ name, value: json(JSON.stringify(name)), stamp: `stamp-${n}`, expected: null }));
    assert.deepEqual(
      await change(store, ...changes),
      names.map(() => written),
    );
    assert.deepEqual(
      await look(peer, ...names),
      names.map((name, n) => entry(JSON.stringify(name), `stamp-${n}`)),
    );
    assert.deepEqual(
      await change(peer, ...names.filter((_, n) => n % 2).map((name) => ({ name, stamp: 'gone' }))),
      names.filter((_, n) => n % 2).map(() => written),
    );
    const left = await look(store, ...names);
    for (const [n, name] of names.entries()) assert.equal(left[n]?.value, n % 2 ? undefined : JSON.stringify(name), name);
  }),
  holdsWhole('G5', 'values and stamps come back to the letter', async ({ store, peer }) => {
    const stamps = ['s'.repeat(64), '€'.repeat(64), 'Stamp', 'stamp', ' stamp ', '0', "o'clock", '__proto__', 'null'];
    const changes = hostileTexts.map((text, n) => ({ name: `text-${n}`, value: json(text), stamp: stamps[n % stamps.length] ?? '' }));
    await change(store, ...changes);
    const entries = await look(peer, ...changes.map(({ name }) => name));
    assert.deepEqual(
      entries,
      changes.map(({ value, stamp }) => ({ value, stamp })),
    );
    for (const { name, stamp } of changes.slice(0, stamps.length)) {
      assert.deepEqual(await change(peer, { name, value: json('0'), stamp: 'after', expected: stamp }), [written], `expected ${stamp}`);
    }
  }),
  holdsWhole('G5', 'a value of 64 KiB comes back whole', async ({ store, peer }) => {
    const values = ['x', 'é', '€', '\u{1f33e}'].map((unit) => sized(64 * 1_024, unit));
    for (const [n, value] of values.entries()) {
      assert.deepEqual(await change(store, { name: `large-${n}`, value: json(value), stamp: 's' }), [written]);
      assert.ok(first(await look(peer, `large-${n}`))?.value === value, `value ${n} came back changed`);
    }
  }),
  holdsWhole('G5', 'a hundred and twenty in a call', async ({ store, peer }) => {
    const names = range(120).map((n) => `name-${n}`);
    const changes = names.map((name, n) => ({ name, value: json(`${n}`), stamp: `s${n}`, ...(n === 60 && { expected: 'wrong' }) }));
    assert.deepEqual(
      await change(store, ...changes),
      names.map((_, n) => (n === 60 ? { kind: 'stale' } : written)),
    );
    const backwards = [...names].reverse();
    const entries = await look(peer, ...backwards);
    for (const [n, each] of entries.entries()) assert.equal(each?.value, n === 59 ? undefined : `${119 - n}`, backwards[n]);
  }),
  ...registerRaceCases,
  ...registerRefusalCases,
];
