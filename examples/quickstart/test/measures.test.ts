import { describe, expect, it } from 'vitest';
import type { Line } from '../src/record/line.ts';
import { median, peakOf } from '../src/record/measures.ts';

const LEASE = 4_000;

const of = (at: number, id: string, run: string) => ({ at, run, labourer: 'l', id });
const started = (at: number, id: string, { run = 'one', attempt = 1 } = {}): Line => ({
  ...of(at, id, run),
  kind: 'started',
  attempt,
  waited: 0,
});
const renewed = (at: number, id: string): Line => ({ ...of(at, id, 'one'), kind: 'renewed', attempt: 1 });
const ended = (at: number, id: string, { run = 'one', attempt = 1 } = {}): Line => ({ ...of(at, id, run), kind: 'ended', attempt });

describe('peakOf', () => {
  it('is the most at once, in the order of the lines', () => {
    const journal = [started(1, 'a'), started(1, 'b'), ended(2, 'a'), started(2, 'c'), ended(3, 'b'), ended(3, 'c')];
    expect(peakOf(journal, LEASE)).toBe(2);
  });

  it('counts over all processes', () => {
    const journal = [started(1, 'a'), started(2, 'b', { run: 'two' }), ended(3, 'a'), ended(4, 'b', { run: 'two' })];
    expect(peakOf(journal, LEASE)).toBe(2);
  });

  it('counts a killed handler while nobody may have its place, and not for ever', () => {
    const after = (at: number) => peakOf([started(0, 'a'), started(at, 'b', { run: 'two' }), ended(at + 1, 'b', { run: 'two' })], LEASE);
    expect(after(LEASE - 1)).toBe(2);
    expect(after(LEASE)).toBe(1);
  });

  it('counts it from its last heartbeat', () => {
    const journal = [started(0, 'a'), renewed(3_000, 'a'), started(6_000, 'b'), ended(6_001, 'b')];
    expect(peakOf(journal, LEASE)).toBe(2);
  });

  it('counts a handler that outlives its lease until it really ends', () => {
    const journal = [started(0, 'a'), started(9_000, 'a', { attempt: 2 }), ended(9_100, 'a'), ended(9_200, 'a', { attempt: 2 })];
    expect(peakOf(journal, LEASE)).toBe(2);
  });
});

it('median: the middle, or the mean of the two', () => {
  expect(median([])).toBeUndefined();
  expect(median([3])).toBe(3);
  expect(median([10, 1, 2])).toBe(2);
  expect(median([10, 1, 2, 3])).toBe(2.5);
});
