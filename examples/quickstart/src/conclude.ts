import { decodeJson, type TaskRecord } from '@reeve/core';
import { INSPECT, LEASE, SUM_UP } from './compose.ts';
import type { Field } from './field.ts';
import { addTotals, type LicenceTotal } from './labourers/totals.ts';
import { audit } from './record/audit.ts';
import { readJournal } from './record/journal.ts';
import { readTasks } from './record/read-tasks.ts';
import { type Death, type Outcome, type Report, reportOf } from './report.ts';
import type { DataFolder } from './work/data-folder.ts';

/** Counts everything once more, from the store's lists and the whole journal, and trusts nothing that was counted on the way. */
export const conclude = async (folder: DataFolder, field: Field, elapsed: number, finished: boolean): Promise<Report> => {
  const { reeve, list, portions } = field;
  const packages = list.packages.map(({ id }) => id);
  // Portions are handed out as the work goes on: before its end only those can be missed that the journal has as given.
  const sums = portions.map(({ id }) => id);
  const journal = readJournal(folder.journal);
  const outcomeOf = (labourer: string, tasks: readonly TaskRecord[], total: number, expected: readonly string[]): Outcome => ({
    labourer,
    cap: reeve.labourers.find(({ id }) => id === labourer)?.cap ?? 0,
    total,
    finding: audit(labourer, { journal, tasks, expected, lease: LEASE.duration }),
  });
  const inspected = await readTasks(reeve, INSPECT, packages);
  const summedUp = await readTasks(reeve, SUM_UP, sums);
  return reportOf({
    outcomes: [outcomeOf(INSPECT, inspected, packages.length, packages), outcomeOf(SUM_UP, summedUp, sums.length, finished ? sums : [])],
    licences: addTotals(summedUp.flatMap(totalsOf)),
    deaths: [...inspected, ...summedUp].flatMap(deathOf),
    elapsed,
    finished,
  });
};

const totalsOf = (task: TaskRecord): readonly LicenceTotal[] =>
  task.state === 'completed' && task.result !== undefined ? (decodeJson(task.result) as unknown as readonly LicenceTotal[]) : [];

const deathOf = (task: TaskRecord): readonly Death[] =>
  task.state === 'dead' ? [{ labourer: task.labourer, id: task.id, error: task.error }] : [];
