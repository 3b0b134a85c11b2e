import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { plusDays } from '../../src/decide/jobs/days.ts';
import { job, NOON, payloads, type rules } from './rig.ts';

const daysOf = (period: string, more: Parameters<typeof rules>[0] = {}): unknown => {
  const [payload] = payloads(job({ period }), more);
  return (payload as { readonly date_list: unknown }).date_list;
};

describe('a period', () => {
  it('is days of the calendar, the oldest first', () => {
    assert.deepEqual(daysOf('today'), ['2026-11-23']);
    assert.deepEqual(daysOf('yesterday'), ['2026-11-22']);
    assert.deepEqual(daysOf('last_3_days'), ['2026-11-20', '2026-11-21', '2026-11-22']);
    assert.deepEqual(daysOf('previous_3_days'), ['2026-11-17', '2026-11-18', '2026-11-19']);
    assert.deepEqual(daysOf('030_days_back'), ['2026-10-24']);
  });

  it('last_week is from Sunday to Saturday, counted from Monday of this week', () => {
    const days = (first: string): readonly string[] => Array.from({ length: 7 }, (_, n) => plusDays(first, n));
    for (const [ahead, first] of [
      [0, '2026-11-15'],
      [5, '2026-11-15'],
      [6, '2026-11-15'],
      [7, '2026-11-22'],
      [-1, '2026-11-08'],
    ] as const)
      assert.deepEqual(daysOf('last_week', { now: NOON + ahead * 86_400_000 }), days(first), `${ahead} days from Monday`);
  });

  it('goes over the ends of months, a leap day and a change to summer time', () => {
    assert.deepEqual(daysOf('last_2_days', { now: Date.UTC(2028, 2, 1) }), ['2028-02-28', '2028-02-29']);
    const now = Date.parse('2026-03-30T00:30:00+02:00');
    assert.deepEqual(daysOf('last_2_days', { now, timeZone: 'Europe/Berlin' }), ['2026-03-28', '2026-03-29']);
  });

  it('is counted from the day that it is in the zone', () => {
    const now = Date.parse('2026-11-23T23:30:00Z');
    assert.deepEqual(daysOf('today', { now }), ['2026-11-23']);
    assert.deepEqual(daysOf('today', { now, timeZone: 'Europe/Berlin' }), ['2026-11-24']);
    assert.deepEqual(daysOf('today', { now, timeZone: 'Pacific/Honolulu' }), ['2026-11-23']);
    assert.deepEqual(daysOf('today', { now: Date.parse('2026-11-23T10:30:00Z'), timeZone: 'Pacific/Kiritimati' }), ['2026-11-24']);
  });

  it("may be of one's own, and does not replace one that is known", () => {
    const periods = {
      'month_of_([0-9]+)': (period: string, today: string) => [`${today.slice(0, 5)}${period.slice(-2)}-01`],
      today: () => ['1999-01-01'],
    };
    assert.deepEqual(daysOf('month_of_07', { periods }), ['2026-07-01']);
    assert.deepEqual(daysOf('today', { periods }), ['2026-11-23']);
  });

  it('alone makes tasks too; sosw leaves it to the worker, which can be kept', () => {
    const event = job({ x: 1, period: 'last_2_days', isolate_days: true });
    assert.deepEqual(payloads(event), [
      { x: 1, date_list: ['2026-11-21'] },
      { x: 1, date_list: ['2026-11-22'] },
    ]);
    assert.deepEqual(payloads(event, { lonePeriod: 'keep' }), [{ x: 1, period: 'last_2_days', isolate_days: true }]);
  });

  it('replaces days that were given by hand', () => {
    assert.deepEqual(payloads(job({ date_list: ['2020-01-01'], period: 'today' })), [{ date_list: ['2026-11-23'] }]);
  });
});
