import assert from 'node:assert/strict';
import { nextInstants, type ScheduleDefinition } from '@reeve/core';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { iso, scheduleOf } from './rig.ts';

const next = (definition: Partial<ScheduleDefinition>, after: string, count = 3): readonly string[] =>
  iso(nextInstants(scheduleOf(definition), Date.parse(after), count));

const cron = (expression: string, timeZone: string, after: string, count = 3): readonly string[] =>
  next({ cron: expression, timeZone }, after, count).map((each) => each.replace(':00.000Z', 'Z'));

describe('a time of day that the clocks leave out comes at the first instant after the gap, once', () => {
  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z', '2026-03-31T00:30Z']],
    ['0 2,3 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:00Z', '2026-03-30T01:00Z']],
    ['0,30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:00Z', '2026-03-30T00:30Z']],
    ['30 2,3 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-29T01:30Z', '2026-03-30T00:30Z']],
    ['30 2 * * *', 'America/New_York', '2026-03-07T12:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z', '2026-03-10T06:30Z']],
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00Z', ['2026-10-03T15:30Z', '2026-10-04T15:15Z', '2026-10-05T15:15Z']],
    ['0 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00Z', ['2018-11-04T03:00Z', '2018-11-05T02:00Z', '2018-11-06T02:00Z']],
  ];
  for (const [expression, zone, after, instants] of cases)
    it(`${expression} in ${zone}`, () => assert.deepEqual(cron(expression, zone, after), instants));
});

describe('a time of day that the clocks show twice comes the first time only', () => {
  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z', '2026-10-27T01:30Z']],
    ['30 2,3 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', ['2026-10-25T00:30Z', '2026-10-25T02:30Z', '2026-10-26T01:30Z']],
    ['30 1 * * *', 'America/New_York', '2026-10-31T12:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z', '2026-11-03T06:30Z']],
    ['45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00Z', ['2026-04-04T14:45Z', '2026-04-05T15:15Z', '2026-04-06T15:15Z']],
  ];
  for (const [expression, zone, after, instants] of cases)
    it(`${expression} in ${zone}`, () => assert.deepEqual(cron(expression, zone, after), instants));
  it('also if it is asked for between the two', () =>
    assert.deepEqual(cron('30 2 * * *', 'Europe/Berlin', '2026-10-25T00:45Z', 1), ['2026-10-26T01:30Z']));
});

describe('what is said with * or a step follows the time that passes', () => {
  it('through the hour that is left out', () =>
    assert.deepEqual(cron('*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:00Z', 4), [
      '2026-03-29T00:30Z',
      '2026-03-29T01:00Z',
      '2026-03-29T01:30Z',
      '2026-03-29T02:00Z',
    ]));
  it('and both times through the hour that comes twice', () =>
    assert.deepEqual(cron('*/30 * * * *', 'Europe/Berlin', '2026-10-25T00:00Z', 5), [
      '2026-10-25T00:30Z',
      '2026-10-25T01:00Z',
      '2026-10-25T01:30Z',
      '2026-10-25T02:00Z',
      '2026-10-25T02:30Z',
    ]));
  it('by half an hour on Lord Howe', () =>
    assert.deepEqual(cron('*/15 * * * *', 'Australia/Lord_Howe', '2026-04-04T14:30Z', 4), [
      '2026-04-04T14:45Z',
      '2026-04-04T15:00Z',
      '2026-04-04T15:15Z',
      '2026-04-04T15:30Z',
    ]));
  it('an hour of a step that is left out has no instant', () =>
    assert.deepEqual(cron('*/30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', 1), ['2026-03-30T00:00Z']));
});

describe('the calendar', () => {
  it('has leap days', () =>
    assert.deepEqual(cron('0 0 29 2 *', 'UTC', '2026-03-01T00:00Z', 2), ['2028-02-29T00:00Z', '2032-02-29T00:00Z']));
  it('has an end of the year, here and there', () => {
    assert.deepEqual(cron('0 0 1 1 *', 'UTC', '2026-12-31T23:59Z', 1), ['2027-01-01T00:00Z']);
    assert.deepEqual(cron('0 0 1 1 *', 'Pacific/Auckland', '2026-12-31T00:00Z', 1), ['2026-12-31T11:00Z']);
  });
  it('has last days, last weekdays and nearest weekdays', () => {
    assert.deepEqual(cron('0 0 L * *', 'UTC', '2026-02-01T00:00Z', 3), ['2026-02-28T00:00Z', '2026-03-31T00:00Z', '2026-04-30T00:00Z']);
    assert.deepEqual(cron('0 0 * * FRI#L', 'UTC', '2026-02-01T00:00Z', 2), ['2026-02-27T00:00Z', '2026-03-27T00:00Z']);
    assert.deepEqual(cron('0 0 13 * +FRI', 'UTC', '2026-01-01T00:00Z', 2), ['2026-02-13T00:00Z', '2026-03-13T00:00Z']);
    assert.deepEqual(cron('0 0 15W * *', 'UTC', '2026-02-01T00:00Z', 2), ['2026-02-16T00:00Z', '2026-03-16T00:00Z']);
  });
  it('has seconds, if they are asked for', () =>
    assert.deepEqual(next({ cron: '*/20 * * * * *' }, '2026-01-01T00:00:00.500Z'), [
      '2026-01-01T00:00:20.000Z',
      '2026-01-01T00:00:40.000Z',
      '2026-01-01T00:01:00.000Z',
    ]));
  it('has names', () => assert.deepEqual(cron('@daily', 'UTC', '2026-01-01T00:00Z', 1), ['2026-01-02T00:00Z']));
  it('lost a day in Apia', () =>
    assert.deepEqual(cron('0 12 * * *', 'Pacific/Apia', '2011-12-29T00:00Z', 2), ['2011-12-29T22:00Z', '2011-12-30T22:00Z']));
});

describe('every', () => {
  it('begins with the hour, whenever it was defined', () =>
    assert.deepEqual(next({ every: 3_600_000 }, '2026-01-01T10:20:00Z', 2), ['2026-01-01T11:00:00.000Z', '2026-01-01T12:00:00.000Z']));
  it('has the instants of its anchor, before and after', () => {
    const definition = { every: 60_000, anchor: '2026-01-01T00:00:30Z' };
    assert.deepEqual(next(definition, '2025-12-31T23:59:29.999Z', 2), ['2025-12-31T23:59:30.000Z', '2026-01-01T00:00:30.000Z']);
    assert.deepEqual(next(definition, '2026-01-01T00:00:30Z', 1), ['2026-01-01T00:01:30.000Z']);
  });
});

describe('startAt and endAt', () => {
  const bounded = { every: 60_000, startAt: '2026-01-01T00:01:00Z', endAt: '2026-01-01T00:03:00Z' };
  it('the first is an instant of it, the second is not', () =>
    assert.deepEqual(next(bounded, '2025-01-01T00:00:00Z'), ['2026-01-01T00:01:00.000Z', '2026-01-01T00:02:00.000Z']));
  it('hold for cron to the millisecond', () => {
    const definition = { cron: '* * * * *', startAt: '2026-01-01T00:00:00.001Z', endAt: '2026-01-01T00:02:00.001Z' };
    assert.deepEqual(next(definition, '2025-01-01T00:00:00Z'), ['2026-01-01T00:01:00.000Z', '2026-01-01T00:02:00.000Z']);
  });
});

describe('the time of this machine', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(1999, 5, 5) }));
  afterEach(() => void vi.useRealTimers());
  it('has no part in it', () =>
    assert.deepEqual(cron('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', 2), ['2026-10-25T00:30Z', '2026-10-26T01:30Z']));
});
