import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { giveUnitsBack, holdUnitsUntil, takeUnits, unitsHeld } from '../../src/decide/units.ts';

const want = (token: string, wanted: number, units = 2, until = 100) => ({ token, wanted, units, of: 10, until });

describe('units of a resource', () => {
  it('go to as many attempts as they are enough for', () => {
    const { granted, holders } = takeUnits({}, want('a', 4), 0);
    assert.equal(granted, 4);
    assert.equal(takeUnits(holders, want('b', 4), 0).granted, 1);
    assert.equal(takeUnits(holders, want('b', 1, 3), 0).granted, 0);
  });

  it('are held up to an instant, and from there on no more', () => {
    const { holders } = takeUnits({}, want('a', 5), 0);
    assert.equal(unitsHeld(holders, 99), 10);
    assert.equal(unitsHeld(holders, 100), 0);
    assert.equal(takeUnits(holders, want('b', 5, 2, 200), 99).granted, 0);
    assert.deepEqual(takeUnits(holders, want('b', 5, 2, 200), 100), { granted: 5, holders: { b: [10, 200] } });
  });

  it('come back one by one, and never more than were taken', () => {
    const { holders } = takeUnits({}, want('a', 2), 0);
    const one = giveUnitsBack(holders, new Map([['a', 2]]), 0);
    assert.deepEqual(one, { a: [2, 100] });
    assert.deepEqual(
      giveUnitsBack(
        one,
        new Map([
          ['a', 4],
          ['nobody', 4],
        ]),
        0,
      ),
      {},
    );
  });

  it('are held for longer, but not brought back', () => {
    const { holders } = takeUnits({}, want('a', 1), 0);
    assert.deepEqual(
      holdUnitsUntil(
        holders,
        new Map([
          ['a', 300],
          ['b', 300],
        ]),
        99,
      ),
      { a: [2, 300] },
    );
    assert.deepEqual(holdUnitsUntil(holders, new Map([['a', 50]]), 0), { a: [2, 100] });
    assert.deepEqual(holdUnitsUntil(holders, new Map([['a', 300]]), 100), {});
  });
});
