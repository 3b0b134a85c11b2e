import assert from 'node:assert/strict';
import type { Rate } from '@reeve/core';
import { Stream } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { giveStartsBack, takeStarts } from '../../src/decide/rate.ts';

const rate = (starts: number, per: number, burst: number): Rate => ({ starts, per, burst });

describe('takeStarts', () => {
  it('grants the burst after a rest, and then one for each interval', () => {
    const ten = rate(10, 1_000, 3);
    const first = takeStarts(ten, undefined, 100, 5_000);
    assert.equal(first.granted, 3);
    assert.equal(takeStarts(ten, first.next, 100, 5_000).granted, 0);
    assert.equal(takeStarts(ten, first.next, 100, 5_099).granted, 0);
    assert.equal(takeStarts(ten, first.next, 100, 5_100).granted, 1);
    assert.equal(takeStarts(ten, first.next, 100, 60_000).granted, 3);
  });

  it('grants no more than is wanted, and keeps the rest', () => {
    const first = takeStarts(rate(10, 1_000, 3), undefined, 1, 0);
    assert.equal(first.granted, 1);
    assert.equal(takeStarts(rate(10, 1_000, 3), first.next, 9, 0).granted, 2);
  });

  it('says when half of the burst is there again', () => {
    const some = rate(1, 1_000, 4);
    const { next } = takeStarts(some, undefined, 4, 0);
    const { granted, wait } = takeStarts(some, next, 4, 0);
    assert.deepEqual([granted, wait], [0, 2_000]);
    assert.equal(takeStarts(some, next, 4, 1_999).granted, 1);
    assert.equal(takeStarts(some, next, 4, 2_000).granted, 2);
  });

  it('starts what was given back', () => {
    const one = rate(1, 60_000, 5);
    const taken = takeStarts(one, undefined, 5, 0);
    assert.equal(takeStarts(one, giveStartsBack(one, taken.next, 2, 0), 5, 0).granted, 2);
  });

  it('starts no more at once than the burst, however late some were given back', () => {
    const one = rate(1, 1_000, 5);
    const held = takeStarts(one, undefined, 5, 0);
    // Others start all that has come in meanwhile.
    const others = takeStarts(one, held.next, 5, 5_000);
    assert.equal(others.granted, 5);
    assert.equal(takeStarts(one, giveStartsBack(one, others.next, 4, 5_000), 5, 5_000).granted, 0);
    assert.equal(takeStarts(one, giveStartsBack(one, held.next, 4, 3_000), 5, 3_000).granted, 4);
  });

  it('holds in every stretch of time: no more than the rate of it, and the burst', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const draw = new Stream(seed, 'rate');
      const own = rate(draw.between(1, 50), draw.pick([100, 1_000, 60_000]), draw.between(1, 20));
      const started: number[] = [];
      let next: number | undefined;
      let held: { readonly at: number; readonly count: number }[] = [];
      for (let now = 0, n = 0; n < 200; n += 1) {
        now += draw.between(0, Math.ceil((3 * own.per) / own.starts));
        const taken = takeStarts(own, next, draw.between(1, 8), now);
        next = taken.next;
        // Some are given back at once, or later.
        const used = draw.happens(0.5) ? taken.granted : draw.between(0, taken.granted);
        held.push({ at: now, count: taken.granted - used });
        for (const { at, count } of held.filter((_, m) => m % 2 === n % 2)) next = giveStartsBack(own, next, count, now - at);
        held = held.filter((_, m) => m % 2 !== n % 2);
        for (let each = 0; each < used; each += 1) started.push(now);
      }
      started.forEach((from, first) => {
        started.slice(first).forEach((to, n) => {
          const most = (own.starts * (to - from)) / own.per + own.burst;
          if (n + 1 > most + 1e-6) assert.fail(`seed ${seed}: ${n + 1} in ${to - from} ms of ${JSON.stringify(own)}`);
        });
      });
    }
  });
});
