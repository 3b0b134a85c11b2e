import { expect, it } from 'vitest';
import { KeyLimits } from '../../src/ledger/key-limits.ts';
import { tagOfKey } from '../../src/ledger/place.ts';

const [a, b] = ['a', 'b'].map(tagOfKey);
const running = new Map([[a, 2]]);
const left = (request: Parameters<typeof KeyLimits.of>[0], had: readonly (string | undefined)[] = []): readonly (number | undefined)[] => {
  const limits = KeyLimits.of(request);
  for (const tag of had) limits?.note({ tag });
  return [a, b, undefined].map((tag) => limits?.leftOf(tag, running));
};
const room = { of: new Map([['a', 2]]), others: 1 };
const MANY = Number.POSITIVE_INFINITY;

it('of a key as much is left as the less of the two says, and less by what the call has had; what runs counts for the one alone', () => {
  expect(left({})).toEqual([undefined, undefined, undefined]);
  expect(left({ perKey: 3 }, [a, b])).toEqual([1, 3, MANY]);
  expect(left({ room })).toEqual([2, 1, MANY]);
  expect(left({ room }, [a, undefined, b, b])).toEqual([1, -1, MANY]);
  expect(left({ perKey: 3, room }, [a])).toEqual([1, 1, MANY]);
  expect(left({ perKey: 9, room: { of: new Map([['b', 0]]), others: 8 } })).toEqual([7, 0, MANY]);
});

it('of those that want a place the first of each key have room', () => {
  const limits = KeyLimits.of({ perKey: 2, room }) as KeyLimits;
  const wanting = [a, b, undefined, a, b, a, undefined].map((tag, n) => ({ tag, n }));
  expect(limits.withRoom(wanting).map(({ n }) => n)).toEqual([0, 1, 2, 3, 6]);
});
