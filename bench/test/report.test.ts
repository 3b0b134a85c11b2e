import { describe, expect, it } from 'vitest';
import { workloadOf } from '../src/plan/workloads.ts';
import { contestTable } from '../src/report/contest-table.ts';
import { correctnessOf } from '../src/report/correctness.ts';
import { figuresOf, MARKERS, withFigures } from '../src/report/document.ts';
import { plotOf } from '../src/report/plot.ts';
import { faultsOf } from '../src/run/result.ts';
import { result, someBook } from './fixtures/book.ts';

describe('a table', () => {
  it('has median, spread and ratio, and says who failed', () => {
    const { head, rows } = contestTable(someBook(), 'redis', workloadOf('drain-100'));
    expect(head).toEqual(['', 'tasks/s', 'min .. max', 'from 20 % on', 'Reeve: times as fast']);
    expect(rows).toEqual([
      ['Reeve', '150,000', '100,000 .. 200,000', '160,000', ''],
      ['BullMQ, default', '75,000', '50,000 .. 100,000', '', '2.00 (2.00 .. 2.00)'],
      ['BullMQ, best', 'failed', '', '', ''],
    ]);
  });

  it('says of latency, too, how many times as fast', () => {
    const { rows } = contestTable(someBook(), 'redis', workloadOf('latency'));
    expect(rows[1]).toEqual(['BullMQ, default', '2.50', '2.00 .. 3.00', '', '2.50 (2.00 .. 3.00)']);
  });

  it('tells who was stopped', () => {
    const [row] = someBook().rows;
    const book = someBook({ rows: [{ ...row!, rounds: [result(50, { done: 20, stopped: true })] }] });
    expect(contestTable(book, 'redis', workloadOf('drain-100')).rows[0]?.[1]).toBe('50.0 (stopped)');
  });
});

describe('the document', () => {
  it('keeps what stands around the markers, however often it is written', () => {
    const empty = `# Title\n\n${MARKERS.begin}\n\nNot measured yet.\n\n${MARKERS.end}\n\nlast\n`;
    const once = withFigures(empty, figuresOf(someBook()));
    expect(once).toMatch(/^# Title\n\n<!-- bench:begin -->\n\nMeasured 2026-11-25/);
    expect(once).toMatch(/\n\n<!-- bench:end -->\n\nlast\n$/);
    expect(once).not.toContain('Not measured yet');
    expect(withFigures(once, figuresOf(someBook()))).toBe(once);
    expect(() => withFigures('# Title', '')).toThrow(MARKERS.begin);
  });

  it('says with what it was measured, and shows the plot of each store that was', () => {
    const text = figuresOf(someBook());
    for (const each of ['24.21.0', 'appendonly no', 'bullmq 6.7.0', '(benchmarks/redis.svg)']) expect(text).toContain(each);
    expect(text).not.toContain('postgres.svg');
  });
});

describe('the plot', () => {
  it('is well formed, with a bar for each contender that has a figure, ours marked', () => {
    const svg = plotOf(someBook(), 'redis');
    const open = [...svg.matchAll(/<([a-z]+)[^>]*(?<!\/)>/g)].map(([, name]) => name).sort();
    const closed = [...svg.matchAll(/<\/([a-z]+)>/g)].map(([, name]) => name).sort();
    expect(open).toEqual(closed);
    expect(svg.match(/<rect /g)).toHaveLength(4);
    expect(svg.match(/class="bar ours"/g)).toHaveLength(2);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('correctness', () => {
  it('is stated where it was counted', () => {
    const text = correctnessOf(someBook()).join('\n');
    expect(text).toContain('in all 8 runs that came to their end every task was handled exactly once');
    expect(text).toContain('4 processes under one cap of 8 never had more than 8 of 100');
  });

  it('is not stated where there is a fault', () => {
    const text = correctnessOf(someBook({ faults: ['redis/drain-100/reeve, round 1: 3 of 100 tasks were lost'] })).join('\n');
    expect(text).toMatch(/^1 faults:\n- redis/);
    expect(text).not.toContain('exactly once');
  });

  it('finds what is lost, doubled or too many, and lets the stopped have work left', () => {
    expect(faultsOf(result(1))).toEqual([]);
    expect(faultsOf(result(1, { done: 40, stopped: true }))).toEqual([]);
    expect(faultsOf(result(1, { done: 97 }))).toEqual(['3 of 100 tasks were lost']);
    expect(faultsOf(result(1, { done: 40, stopped: true, doubles: 2 }))).toEqual(['2 tasks were handled more than once']);
    expect(faultsOf(result(1, { done: 101 }))).toEqual(['101 tasks of 100']);
  });
});
