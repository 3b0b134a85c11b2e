import { CountingChance } from '@reeve/testkit';
import { expect, it } from 'vitest';
import { optionsOf } from '../src/options.ts';
import { type FaultName, planOf } from '../src/plan/plan.ts';

const faults: readonly FaultName[] = ['storm', 'pause', 'cutAll', 'blackHole'];
const plan = (seed: number, length = 600_000) =>
  planOf({ chance: new CountingChance(seed), length, lease: 5_000, faults, killEvery: 3_000, calm: 2_500, quiet: 10_000 });

it('is the same for the same seed, and another for another', () => {
  expect(plan(1)).toEqual(plan(1));
  expect(plan(1)).not.toEqual(plan(2));
});

it('has every fault about as often as every other, one after the other, within its time', () => {
  const { episodes, length } = plan(3);
  const counts = faults.map((name) => episodes.filter((each) => each.name === name).length);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  expect(Math.min(...counts)).toBeGreaterThan(10);
  episodes.forEach(({ from, to }, n) => {
    expect(to).toBeGreaterThanOrEqual(from);
    expect(from).toBeGreaterThan(episodes[n - 1]?.to ?? 0);
    expect(to).toBeLessThanOrEqual(length);
  });
});

it('stops processes for longer than a lease, and kills one every 200 ms in a storm', () => {
  const { episodes, kills } = plan(4);
  for (const { from, to } of episodes.filter(({ name }) => name === 'pause')) expect(to - from).toBeGreaterThan(5_000);
  const storms = episodes.filter(({ name }) => name === 'storm');
  const time = storms.reduce((sum, { from, to }) => sum + to - from, 0);
  const within = kills.filter((at) => storms.some(({ from, to }) => at >= from && at <= to)).length;
  expect(time / within).toBeGreaterThan(150);
  expect(time / within).toBeLessThan(250);
  expect(kills).toEqual([...kills].sort((a, b) => a - b));
});

it('leaves everything alone after a fault that only time limits of clients end', () => {
  const { episodes, kills } = plan(5);
  const silent = episodes.filter(({ name }) => name === 'blackHole');
  expect(silent.length).toBeGreaterThan(3);
  for (const { from, to } of silent) {
    expect(kills.filter((at) => at >= from && at <= to + 10_000)).toEqual([]);
    expect(episodes.filter((each) => each.from > to && each.from < to + 10_000)).toEqual([]);
  }
});

it('ends, whatever there is', () => {
  expect(planOf({ chance: new CountingChance(1), length: 1_000, lease: 500, faults: [], killEvery: 1e9, calm: 100, quiet: 0 })).toEqual({
    episodes: [],
    kills: [],
    length: 1_000,
  });
});

it('says what is wrong with a call', () => {
  expect(optionsOf(['--store', 'redis', '--minutes', '0.5', '--only', 'blackHole,storm'])).toMatchObject({
    store: 'redis',
    length: 30_000,
    tasks: 100_000,
    only: ['blackHole', 'storm'],
  });
  expect(() => optionsOf(['--store', 'paper'])).toThrow('--store paper is none of sqlite, redis');
  expect(() => optionsOf(['--store', 'redis', '--tasks', 'many'])).toThrow('--tasks many is no number above 0');
  expect(() => optionsOf(['--stroe', 'redis'])).toThrow('--stroe');
});
