/** The judge of the report must be able to find guilty. */
import type { TaskRecord } from '@reeve/core';
import { expect, test } from 'vitest';
import { audit, type Finding } from '../src/record/audit.ts';
import { type Deed, type Line, readLine, writeLine } from '../src/record/line.ts';

const LEASE = 4_000;
const line = (at: number, id: string, deed: Deed, run: string = 'one'): Line => ({ at, run, labourer: 'l', id, ...deed });
const started: Deed = { kind: 'started', attempt: 1, waited: 10 };
const ended: Deed = { kind: 'ended', attempt: 1 };
// The audit reads these fields alone.
const completed = (id: string, endedAt: number): TaskRecord =>
  ({ id, labourer: 'l', state: 'completed', attempts: 1, endedAt }) as TaskRecord;
const find = (journal: readonly Line[], tasks: readonly TaskRecord[], expected: readonly string[] = []): Finding =>
  audit('l', { journal, tasks, expected, lease: LEASE });

test('one life without trouble', () => {
  const journal = [line(0, 'a', { kind: 'given' }), line(1, 'a', started), line(2, 'a', ended), line(3, 'a', { kind: 'closed' })];
  expect(find(journal, [completed('a', 2)], ['a'])).toEqual({
    completed: 1,
    dead: 0,
    retried: 0,
    lost: 0,
    doubled: 0,
    peak: 1,
    p50Wait: 10,
  });
});

test('lost: expected or given, and unknown to the store; or taken as new a second time', () => {
  expect(find([], [], ['a']).lost).toBe(1);
  expect(find([line(0, 'a', { kind: 'given' })], []).lost).toBe(1);
  expect(find([line(0, 'a', { kind: 'given' }), line(9, 'a', { kind: 'given' })], [completed('a', 10)]).lost).toBe(1);
});

test('doubled: started after its end was reported, by the journal or by the store alone', () => {
  expect(find([line(1, 'a', started), line(3, 'a', { kind: 'closed' }), line(3, 'a', started, 'two')], [completed('a', 3)]).doubled).toBe(
    1,
  );
  expect(find([line(1, 'a', started), line(9, 'a', started, 'two')], [completed('a', 3)]).doubled).toBe(1);
});

test('started again after a kill, before its end was reported, is not doubled', () => {
  expect(find([line(1, 'a', started), line(9_000, 'a', started, 'two')], [completed('a', 9_100)]).doubled).toBe(0);
});

test('the peak counts all processes, and a killed handler until its lease is over', () => {
  expect(find([line(1, 'a', started), line(2, 'b', started, 'two')], []).peak).toBe(2);
  expect(find([line(1, 'a', started), line(1 + LEASE, 'b', started, 'two')], []).peak).toBe(1);
  expect(find([line(1, 'a', started), line(2, 'a', ended), line(2, 'b', started)], []).peak).toBe(1);
});

test('other labourers are none of its business', () => {
  expect(audit('other', { journal: [line(1, 'a', started)], tasks: [], expected: [], lease: LEASE })).toMatchObject({ peak: 0, lost: 0 });
});

test('a torn line is no line', () => {
  const whole = writeLine(line(1, 'a', started));
  expect(readLine(whole)).toEqual(line(1, 'a', started));
  for (const text of ['', 'null', '{}', whole.slice(0, -9)]) expect(readLine(text)).toBeUndefined();
});
