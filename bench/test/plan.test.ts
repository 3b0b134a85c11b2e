import { describe, expect, it } from 'vitest';
import { optionsOf } from '../src/options.ts';
import { ENTRIES } from '../src/plan/entries.ts';
import { chooses, planOf, turnsOf } from '../src/plan/plan.ts';
import { WORKLOADS } from '../src/plan/workloads.ts';

describe('the plan', () => {
  it('has every workload on both stores, Reeve at its defaults first, and a rival at least', () => {
    const contests = planOf([]);
    expect(contests).toHaveLength(2 * WORKLOADS.length);
    for (const { entries } of contests) {
      expect(entries[0]?.id).toBe('reeve');
      expect(entries.some(({ framework }) => framework !== 'reeve')).toBe(true);
    }
  });

  it('knows each contender of a store by one id, and says its settings', () => {
    const ids = ENTRIES.map(({ store, id }) => `${store}/${id}`);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { says } of ENTRIES) expect(says).toMatch(/\.$/);
  });

  it('is narrowed by store, workload and contender', () => {
    const shown = (...only: string[]) => planOf(only).map(({ store, workload, entries }) => `${store}/${workload.id}: ${entries.length}`);
    expect(shown('redis/drain-100')).toEqual(['redis/drain-100: 5']);
    expect(shown('*/bulk/reeve')).toEqual(['redis/bulk: 1', 'postgres/bulk: 1']);
    expect(shown('redis/latency', 'redis/bulk/reeve')).toEqual(['redis/bulk: 1', 'redis/latency: 2']);
    expect(shown('redis/no-such')).toEqual([]);
  });
});

it('takes a pattern part by part', () => {
  const path = ['redis', 'drain-100', 'reeve'];
  expect(['redis', 'redis/drain-100', '*/drain-100', '*/*/reeve'].every((pattern) => chooses(pattern, path))).toBe(true);
  expect(['postgres', 'redis/drain-10', 'redis/*/reev', 'drain-100'].some((pattern) => chooses(pattern, path))).toBe(false);
});

it('gives everybody the first turn once', () => {
  expect([0, 1, 2, 3].map((round) => turnsOf(['a', 'b', 'c'], round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc']);
  expect(turnsOf([], 1)).toEqual([]);
});

describe('the options', () => {
  it('are five whole rounds of everything, and one short one with --quick', () => {
    expect(optionsOf([])).toEqual({ size: 'whole', rounds: 5, only: [], json: undefined, from: [] });
    expect(optionsOf(['--quick'])).toMatchObject({ size: 'quick', rounds: 1 });
    expect(optionsOf(['--quick', '--rounds', '3'])).toMatchObject({ size: 'quick', rounds: 3 });
  });

  it('take patterns with commas and more than once', () => {
    expect(optionsOf(['--only', 'redis/bulk,*/latency', '--only', 'postgres']).only).toEqual(['redis/bulk', '*/latency', 'postgres']);
  });

  it('are refused where they say nothing', () => {
    for (const rounds of ['0', '1.5', 'many', '']) expect(() => optionsOf([`--rounds=${rounds}`])).toThrow('--rounds');
    expect(() => optionsOf(['--fast'])).toThrow('--fast');
  });
});
