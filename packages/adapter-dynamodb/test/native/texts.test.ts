import { expect, it } from 'vitest';
import { tagOfKey } from '../../src/ledger/place.ts';
import { endingOrder, packed, unpacked } from '../../src/native/codec/ending.ts';
import { digits, type Home, homeInId, homeOf, homeText, instantIn, ownId, placeText } from '../../src/native/codec/home-key.ts';
import { orderOf, type Pointer, pointerMembers, pointerText, readPointer, readTurn } from '../../src/native/codec/pointer.ts';
import { pointerKeys } from '../../src/native/keys.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const home = (over: Partial<Home> = {}): Home => ({ labourer: 'mill', lane: 3, place: placeText(NOW, NOW, 7, 0.5), ...over });

it('writes instants so that the texts sort as they do', () => {
  const instants = [0, 1, NOW, NOW + 1, Date.UTC(2500, 0), 32 ** 9 - 1];
  const texts = instants.map(digits);
  expect([...texts].sort()).toEqual(texts);
  expect(texts.map(instantIn)).toEqual(instants);
});

it('takes an instant before 1970 for 1970, one after 3084 for 3084, and a fraction for the next', () => {
  expect([digits(-5), digits(1e15), digits(4.2)].map(instantIn)).toEqual([0, 32 ** 9 - 1, 5]);
});

it('orders places by due time, then creation, then the order within the process', () => {
  const places = [placeText(NOW, NOW, 1, 0.9), placeText(NOW, NOW, 2, 0), placeText(NOW, NOW + 1, 0, 0), placeText(NOW + 1, 0, 0, 0)];
  expect([...places].sort()).toEqual(places);
  expect(places.every((each) => each.length === 27)).toBe(true);
});

it.each(['mill', 'a~b', 'a#0', '日本語', 'x'.repeat(99)])('makes ids for %s that say where the home is', (labourer) => {
  const at = home({ labourer });
  expect(homeInId(ownId(at) ?? '')).toEqual(at);
  expect(homeOf(labourer, homeText(at))).toEqual(at);
});

it('makes none for a name that leaves no room, and reads none in other ids', () => {
  expect(ownId(home({ labourer: 'x'.repeat(100) }))).toBeUndefined();
  for (const id of [
    '',
    '~',
    'task-1',
    `~0${home().place}`,
    `mill~0${home().place}x`,
    `mill~0${home().place.toUpperCase()}`,
    `mill~w${home().place}`,
  ])
    expect(homeInId(id)).toBeUndefined();
});

it('reads pointers as they were written, and orders them by kind and due time', () => {
  const pointers = [
    { kind: 'a', priority: 3, home: home(), due: NOW, claims: 1 },
    { kind: 'a', priority: 3, home: home({ lane: 15 }), due: NOW + 1, claims: 12 },
    { kind: 'a', priority: 3, home: home(), due: NOW + 2, claims: 12, turn: '7'.repeat(18), expiresAt: NOW },
    { kind: 'f', priority: 3, home: home(), due: NOW - 9, claims: 0 },
  ] as const;
  const texts = pointers.map(pointerText);
  expect([...texts].sort()).toEqual(texts);
  const rows = pointers.map((each) => ({ ...pointerKeys(each)[0], ...pointerMembers(each) }));
  expect(rows.map((row) => readPointer('mill', 3, row))).toEqual(pointers);
  expect(pointerKeys({ ...pointers[0], priority: 0 })).toEqual([{ pk: { S: 'p#mill' }, sk: { S: texts[0] } }]);
  expect(orderOf({ ...pointers[0], due: NOW })).toBe(home().place);
  expect(orderOf(pointers[2])).toBe(digits(NOW + 2) + '7'.repeat(18));
});

it('reads pointers of keys as they were written, and orders them by key, priority, kind and due time', () => {
  const [tag, other] = ['a', 'b'].map((key) => tagOfKey(key) ?? '').sort();
  const pointers = [
    { kind: 'a', priority: 9, home: home(), due: NOW, claims: 1, tag },
    { kind: 'f', priority: 9, home: home({ lane: 15 }), due: NOW, claims: 12, turn: '7'.repeat(18), expiresAt: NOW, tag },
    { kind: 'a', priority: 0, home: home(), due: NOW, claims: 0, tag },
    { kind: 'a', priority: 0, home: home(), due: NOW + 1, claims: 0, tag },
    { kind: 'a', priority: 9, home: home(), due: NOW, claims: 1, tag: other },
  ] as const;
  const keys = pointers.map((each) => pointerKeys(each as Pointer));
  const rows = keys.map(([, key], n) => ({ ...key, ...pointerMembers(pointers[n] as Pointer) }));
  expect(rows.map(({ sk }) => sk?.S ?? '').sort()).toEqual(rows.map(({ sk }) => sk?.S));
  expect(rows.map((row) => readTurn('mill', row).pointer)).toEqual(pointers);
  expect(rows.map((row) => readTurn('mill', row).tag)).toEqual(pointers.map((each) => each.tag));
  expect(keys.map(([own, turn]) => [own?.['pk']?.S, turn?.['pk']?.S])[0]).toEqual(['pk9#mill', 'k#mill']);
});

it('packs ends into a text and gets them out again', () => {
  const ends = [0, 1, 2].map((n) => ({ kind: 'dead' as const, at: NOW + n, home: homeText(home({ lane: n })) }));
  expect(unpacked(packed(ends), 'dead')).toEqual(ends);
  expect(unpacked('', 'dead')).toEqual([]);
  const orders = ends.map(endingOrder);
  expect([...orders].sort()).toEqual(orders);
});
