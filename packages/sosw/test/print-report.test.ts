import { expect, test } from 'vitest';
import { printReport } from '../src/report/print-report.ts';
import type { Count, DoctorReport, LabourerRows } from '../src/report/report.ts';

const none: Count = { rows: 0, atLeast: false };
const rows: LabourerRows = {
  labourer: 'mill',
  queued: { rows: 50, atLeast: true },
  running: { rows: 3, atLeast: false },
  expired: { rows: 2, atLeast: false },
  exhausted: 1,
  completed: { rows: 4, atLeast: false },
  retryDue: none,
  retryWaiting: none,
  lost: none,
  closedCompleted: none,
  closedDead: none,
  broken: [],
};
const report: DoctorReport = {
  at: Date.UTC(2026, 10, 23, 12),
  findings: [
    { level: 'ok', code: 'TABLES', where: 'sosw_tasks', what: 'as needed' },
    { level: 'note', code: 'RETRY_WAIT', where: 'mill', what: 'waits longer' },
    { level: 'error', code: 'LAMBDA_MISSING', where: 'mill', what: 'it is gone', remedy: 'mend its arn' },
  ],
  settings: [
    { setting: 'a: labourers.mill.arn', fate: 'kept', becomes: 'target' },
    { setting: 'a: queue_file', fate: 'dropped', becomes: 'no file is needed' },
  ],
  labourers: [rows],
  firstRounds: [
    { labourer: 'mill', cap: 10, running: 3, starts: 7, due: 50, retries: 1, buries: 1, archives: 4, setsAside: 2, atLeast: true },
    { labourer: 'press', cap: 2, running: 1, starts: 0, due: 0, retries: 0, buries: 0, archives: 0, setsAside: 0, atLeast: false },
  ],
  cost: { requests: 21, readUnits: 12.25 },
};

test('the worst comes first, with what to do; settings that stay are not told', () => {
  expect(printReport(report)).toBe(`1 error, 1 note, 2026-11-23T12:00:00.000Z
✗ mill: it is gone [LAMBDA_MISSING]
    mend its arn
· mill: waits longer [RETRY_WAIT]
✓ sosw_tasks: as needed [TABLES]

Settings
  a: queue_file (dropped): no file is needed

Tasks
  labourer  queued  running  expired  completed  retry due  retry waits  lost  closed  dead
  mill         50+        3        2          4          0            0     0       0     0

What Reeve does first: sweep until there is no more, then tick
  mill: archives 4, puts off 1 for another attempt, buries 1; then starts 7 of 50 at a cap of 10, 3 of which are taken; sets 2 aside (at least: there are more rows than the sample)
  press: starts 0 of 0 at a cap of 2, 1 of which is taken

21 requests, 12.3 read units. Nothing was written.
`);
});

test('without findings there is little to say', () => {
  const empty = { ...report, findings: [], settings: [], labourers: [], firstRounds: [], cost: { requests: 1, readUnits: 0 } };
  expect(printReport(empty)).toBe('All is well, 2026-11-23T12:00:00.000Z\n\n1 request, 0 read units. Nothing was written.\n');
});
