import { describe, expect, it } from 'vitest';
import { type Book, type Row, together } from '../src/figures/book.ts';
import { percentile, ratioOf, spreadOf } from '../src/figures/median.ts';
import { steadyRate } from '../src/figures/steady.ts';

describe('the spread of rounds', () => {
  it('has the middle one of an odd number, and the mean of the two in the middle of an even one', () => {
    expect(spreadOf([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 });
    expect(spreadOf([10, 1, 4, 2])).toEqual({ median: 3, min: 1, max: 10 });
    expect(spreadOf([7])).toEqual({ median: 7, min: 7, max: 7 });
    expect(() => spreadOf([])).toThrow('nothing');
  });

  it('leaves the rounds in their order', () => {
    const rounds = [3, 1, 2];
    spreadOf(rounds);
    expect(rounds).toEqual([3, 1, 2]);
  });
});

it('takes a percentile that is one of the samples', () => {
  const samples = Array.from({ length: 100 }, (_, n) => 100 - n);
  expect([50, 99, 100].map((percent) => percentile(samples, percent))).toEqual([50, 99, 100]);
  expect(percentile([4], 50)).toBe(4);
});

describe('the ratio of a pair', () => {
  it('is taken round by round, not between the medians', () => {
    // The machine was half as fast in the second and third round; the pair's ratio was 2 throughout.
    expect(ratioOf([200, 100, 100], [100, 50, 50])).toEqual({ median: 2, min: 2, max: 2 });
    expect(ratioOf([100, 10, 30], [10, 10, 10])).toEqual({ median: 3, min: 1, max: 10 });
  });

  it('leaves out rounds that one of them lacks, and is none without a round of both', () => {
    expect(ratioOf([100, undefined, 30], [undefined, 10, 10])).toEqual({ median: 3, min: 3, max: 3 });
    expect(ratioOf([undefined], [1])).toBeUndefined();
    expect(ratioOf([1], [0])).toBeUndefined();
  });
});

describe('the steady rate', () => {
  const second = 1e9;

  it('begins with the moment at which a fifth of all was done, whoever did it', () => {
    const one = [
      { handled: 100, at: 1 * second },
      { handled: 500, at: 6 * second },
    ];
    const other = [
      { handled: 100, at: 2 * second },
      { handled: 500, at: 7 * second },
    ];
    // 200 of 1,000 at 2 s, the other 800 until 10 s.
    expect(steadyRate([one, other], 1_000, 10 * second)).toBe(100);
  });

  it('is not told where marks are too few', () => {
    expect(steadyRate([[]], 50, second)).toBeUndefined();
    expect(steadyRate([[{ handled: 100, at: second }]], 100, second)).toBeUndefined();
  });
});

describe('two books', () => {
  const row = (store: 'redis' | 'postgres', workload: 'bulk' | 'latency', entry: string, value: number): Row => ({
    store,
    workload,
    entry,
    rounds: [{ value, tasks: 1, done: 1, doubles: 0, stopped: false }],
  });
  const about = { date: '', machine: '', node: '', servers: [], versions: [], rounds: 1, minutes: 4 };

  it('are one, in which a workload that was measured again is that of the second, with its faults', () => {
    const first: Book = {
      about,
      rows: [row('redis', 'bulk', 'reeve', 1), row('postgres', 'bulk', 'reeve', 2), row('postgres', 'bulk', 'gone', 3)],
      caps: [],
      faults: ['redis/bulk/reeve, round 1: a', 'postgres/bulk/reeve, round 1: b'],
    };
    const second: Book = {
      about,
      rows: [row('postgres', 'bulk', 'reeve', 4), row('postgres', 'bulk', 'new', 5)],
      caps: [],
      faults: ['postgres/bulk/new: c'],
    };
    const both = together(first, second);
    expect(both.rows.map(({ store, entry, rounds }) => [store, entry, rounds[0]?.value])).toEqual([
      ['redis', 'reeve', 1],
      ['postgres', 'reeve', 4],
      ['postgres', 'new', 5],
    ]);
    expect(both.faults).toEqual(['redis/bulk/reeve, round 1: a', 'postgres/bulk/new: c']);
    expect(both.about.minutes).toBe(8);
  });
});
