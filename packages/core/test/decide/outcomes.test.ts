import assert from 'node:assert/strict';
import { type Counts, defineLabourers, type Labourer, NO_ENTRY, type OutcomeEntry, ratioOf } from '@reeve/core';
import { describe, it } from 'vitest';
import { closeWindow, isOver, NO_COUNTS, withCounts } from '../../src/decide/outcomes.ts';
import { readOutcomes } from '../../src/decide/read-outcomes.ts';

const [plain] = defineLabourers({ a: { maxSimultaneousInvocations: 20 } }) as readonly [Labourer];
const labourer: Labourer = {
  ...plain,
  health: {
    ...plain.health,
    adaptive: { kind: 'aimd', floor: 2, ceiling: 20, initial: 8, window: 5_000 },
    breaker: { failures: 0.5, atLeast: 10, openFor: 30_000 },
  },
};
const counts = (own: Partial<Counts>): Counts => ({ ...NO_COUNTS, ...own });
const NO_OUTCOMES = { ended: 0, failed: 0, timedOut: 0, throttled: 0, running: 0 };
const closed = (entry: OutcomeEntry, own: Partial<Counts>, now: number, running = 8): OutcomeEntry =>
  closeWindow(labourer, withCounts(entry, counts(own), 5_000, now), running, now);

describe('a window of outcomes', () => {
  it('begins where the last one ended, or as long ago as was counted', () => {
    const first = withCounts(NO_ENTRY, counts({ ended: 1 }), 2_000, 100_000);
    assert.equal(first.open?.since, 98_000);
    const next = withCounts(closed(NO_ENTRY, { ended: 1 }, 99_000), counts({ ended: 1 }), 5_000, 100_000);
    assert.equal(next.open?.since, 99_000);
  });

  it('adds up what processes counted', () => {
    const both = withCounts(withCounts(NO_ENTRY, counts({ ended: 3, failed: 1 }), 0, 1_000), counts({ ended: 2, throttled: 4 }), 0, 2_000);
    assert.deepEqual(both.open, { since: 1_000, counts: counts({ ended: 5, failed: 1, throttled: 4 }) });
    assert.deepEqual([isOver(both, 5_000, 4_749), isOver(both, 5_000, 4_750)], [false, true]);
  });

  it('knows how long before it began some of it may have ended', () => {
    const before = closed(NO_ENTRY, { ended: 1 }, 10_000);
    const one = withCounts(before, counts({ ended: 9 }), 3_000, 12_000); // counted since 9,000
    assert.deepEqual([one.open?.since, one.open?.late], [10_000, 1_000]);
    const other = withCounts(withCounts(one, counts({ ended: 9 }), 8_000, 14_000), counts({ ended: 9 }), 100, 15_000);
    assert.deepEqual([other.open?.since, other.open?.late], [10_000, 4_000]);
    assert.equal(withCounts(before, counts({ ended: 9 }), 2_000, 12_000).open?.late, undefined);
  });

  it('leaves the limit alone if some of it was counted before the limit changed', () => {
    const { dip: _, joined: __, ...adaptive } = closed(NO_ENTRY, { ended: 100 }, 10_000).adaptive ?? assert.fail('it is there');
    const changed: OutcomeEntry = {
      closed: [{ at: 13_000, outcomes: NO_OUTCOMES }],
      adaptive: { ...adaptive, at: 13_000, changedAt: 12_000 },
    };
    const next = (counted: number) =>
      closeWindow(labourer, withCounts(changed, counts({ ended: 100, failed: 30 }), counted, 18_000), 8, 18_000).adaptive;
    const old = { ...changed.adaptive, at: 18_000 };
    assert.deepEqual(next(9_000), old);
    assert.notDeepEqual(next(5_000), old);
    assert.notDeepEqual(next(6_400), old, 'a tenth of it is little');
  });

  it('goes by how long attempts took, where fewer run just now than usual', () => {
    const { outcomes } = closed(NO_ENTRY, { ended: 100, took: 50_000, measured: 100 }, 10_000, 1).closed[0] ?? assert.fail('it is closed');
    assert.equal(outcomes.running, 10); // 100 of half a second, in five
  });

  it('of nothing is none', () => {
    assert.equal(withCounts(NO_ENTRY, NO_COUNTS, 5_000, 1_000), NO_ENTRY);
    assert.equal(closeWindow(labourer, NO_ENTRY, 3, 1_000), NO_ENTRY);
  });

  it('measures the length of attempts, or else goes by how many run and end', () => {
    const measured = closed(NO_ENTRY, { ended: 30, took: 900, measured: 3 }, 10_000);
    assert.equal(measured.closed[0]?.outcomes.took, 300);
    const byLittle = closed(NO_ENTRY, { ended: 20 }, 10_000, 8);
    assert.equal(byLittle.closed[0]?.outcomes.took, 2_000); // 8 at once, 20 in 5 s
    const failing = closed(NO_ENTRY, { ended: 20, failed: 12 }, 10_000, 8);
    assert.equal(failing.closed[0]?.outcomes.took, undefined);
  });

  it('steps the limit and the breaker, once', () => {
    const { adaptive, breaker, open } = closed(NO_ENTRY, { ended: 100, took: 100_000, measured: 100 }, 10_000);
    assert.deepEqual([adaptive?.at, breaker?.open, open], [10_000, undefined, undefined]);
    const failed = closed(NO_ENTRY, { ended: 100, failed: 60 }, 10_000);
    assert.equal(failed.breaker?.open?.until, 40_000);
  });

  it('learns nothing while the breaker is open, and then begins from the floor', () => {
    const open = closed(closed(NO_ENTRY, { ended: 10 }, 5_000), { ended: 100, failed: 60 }, 10_000);
    const still = closed(open, { ended: 5, failed: 5 }, 15_000);
    assert.deepEqual(still.adaptive, open.adaptive);
    const half = closed(closed(still, { ended: 1 }, 41_000), { ended: 1 }, 46_000);
    assert.deepEqual([half.breaker?.open, half.breaker?.warm, half.adaptive?.limit], [undefined, 2, 2]);
  });
});

describe('outcome ratios', () => {
  const some = closed(NO_ENTRY, { ended: 20, failed: 5, timedOut: 2, throttled: 5, took: 2_000, measured: 20 }, 10_000);

  it('are shares of what the last windows came to', () => {
    const values = (['failureRatio', 'timeoutRatio', 'throttleRatio', 'latencyRatio'] as const).map((of) => ratioOf(some, of, 11_000));
    assert.deepEqual(
      values,
      [0.25, 0.1, 0.2, 1].map((value) => ({ value, at: 10_000 })),
    );
  });

  it('are none of fewer than ten attempts, nor of windows of more than a minute ago', () => {
    assert.equal(ratioOf(closed(NO_ENTRY, { ended: 9 }, 10_000), 'failureRatio', 10_000), undefined);
    assert.equal(ratioOf(some, 'failureRatio', 69_999)?.value, 0.25);
    assert.equal(ratioOf(some, 'failureRatio', 70_000), undefined);
    assert.equal(ratioOf(NO_ENTRY, 'failureRatio', 0), undefined);
  });

  it('of the length is against a norm that follows slowly', () => {
    const { health, ...rest } = labourer;
    const { adaptive: _, breaker: __, ...bare } = health;
    let entry: OutcomeEntry = NO_ENTRY;
    const took = (mean: number, now: number): void => {
      const counted = withCounts(entry, counts({ ended: 100, took: 100 * mean, measured: 100 }), 5_000, now);
      entry = closeWindow({ ...rest, health: bare }, counted, 8, now);
    };
    for (let n = 1; n <= 20; n += 1) took(100, n * 5_000);
    assert.equal(ratioOf(entry, 'latencyRatio', 100_000)?.value, 1);
    for (let n = 21; n <= 40; n += 1) took(400, n * 5_000);
    const { value } = ratioOf(entry, 'latencyRatio', 200_000) ?? assert.fail('it is known');
    assert.ok(value > 3.2 && value < 4, `${value}`);
  });

  it('remember a dozen windows at most', () => {
    let entry: OutcomeEntry = NO_ENTRY;
    for (let n = 1; n <= 50; n += 1) entry = closed(entry, { ended: 1 }, n * 1_000);
    assert.ok(entry.closed.length <= 12);
    assert.ok(JSON.stringify(entry).length < 4_096);
  });
});

describe('readOutcomes', () => {
  it('takes what it should be as it stands', () => {
    const entry = withCounts(
      closed(closed(NO_ENTRY, { ended: 100, took: 9, measured: 3 }, 5_000), { ended: 9, failed: 9 }, 9_000),
      counts({ ended: 1 }),
      0,
      9_500,
    );
    assert.deepEqual(readOutcomes(JSON.parse(JSON.stringify(entry))), entry);
  });

  it('leaves out what is not, and keeps the rest', () => {
    const good = JSON.parse(JSON.stringify(closed(NO_ENTRY, { ended: 100 }, 5_000))) as Record<string, unknown>;
    for (const [name, bad] of [
      ['adaptive', { limit: null }],
      ['adaptive', { ...(good['adaptive'] as object), limit: '8' }],
      ['adaptive', { ...(good['adaptive'] as object), joined: { ended: 1 } }],
      ['breaker', { at: 1, times: 0, open: { since: 1 } }],
      ['breaker', 7],
      ['norm', -1],
      ['open', { since: 1, counts: {} }],
    ] as const) {
      const read = readOutcomes({ ...good, [name]: bad });
      assert.equal((read as unknown as Record<string, unknown>)[name], undefined, `${name} ${JSON.stringify(bad)}`);
      assert.equal(read.closed.length, 1);
    }
    for (const junk of [null, 'text', 7, [], { closed: 'no' }, { closed: [null, { at: 1 }] }])
      assert.deepEqual(readOutcomes(junk), NO_ENTRY);
  });
});
