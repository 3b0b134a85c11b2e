import type { GreenfieldTables } from '@reeve/adapter-dynamodb';
import { type EpochMs, type Labourer, SECOND } from '@reeve/core';
import type { Page, Reads, Row } from '../dynamodb/reads.ts';
import type { Notebook } from '../report/finding.ts';
import type { LabourerRows } from '../report/report.ts';
import { countRows } from './count-rows.ts';
import { isLost, isReeves, numberOf, payloadKind } from './judge-row.ts';
import { readStretches, type Stretches } from './stretches.ts';

export interface RowsAsked {
  readonly tables: GreenfieldTables;
  readonly now: EpochMs;
  readonly sample: number;
  /** sosw's `greenfield_task_step`, in seconds. */
  readonly step: number;
}

/** The most rows of one query. */
const MOST = 1_000;
/** Closed rows of each kind whose payload is looked at. */
const PAYLOADS = 5;
/** With fewer creates left than this before the greenfields reach the present, it is time to say so. */
const FEW_CREATES = 100_000;

/** What a labourer has in the tables, and what of it sosw or Reeve will stumble over. */
export const lookAtRows = async (reads: Reads, labourer: Labourer, asked: RowsAsked, notes: Notebook): Promise<LabourerRows> => {
  const { tables, now, sample } = asked;
  const { id, cap, maxAttempts } = labourer;
  const stretches = await readStretches(reads, tables, { labourer: id, now, sample, wide: Math.min(MOST, Math.max(sample, cap + 1)) });
  const counts = countRows(id, stretches, tables.fields, maxAttempts);
  if (Object.values(stretches).every(({ rows }: Page) => rows.length === 0))
    notes.note('NO_TASKS', id, 'it has no task in any of the tables', 'if it has no use any more, leave it out');
  judgeQueue(counts, stretches, asked, notes);
  judgeStarted(counts, stretches, notes);
  await judgeClosed(reads, stretches, asked, id, notes);
  if (stretches.ofReeve.rows.length > 0)
    notes.note(
      'REEVE_WAS_HERE',
      id,
      'it has tasks where only Reeve looks: delayed ones, or ends that something follows from',
      'let them run before you go back to sosw alone',
    );
  return counts;
};

const judgeQueue = ({ labourer, broken, lost }: LabourerRows, { queued, newest }: Stretches, asked: RowsAsked, notes: Notebook): void => {
  const { fields } = asked.tables;
  for (const { id, problem } of broken.slice(0, PAYLOADS))
    notes.warn(
      'ROW_BROKEN',
      `${labourer}, task ${id}`,
      `${problem}: a claim will set it aside`,
      'mend the row before, or look among those that are set aside',
    );
  if (broken.length > PAYLOADS)
    notes.warn('ROW_BROKEN', labourer, `and ${broken.length - PAYLOADS} more of those that were looked at`, 'as above');
  const others = queued.rows.filter((row) => payloadKind(row[fields.payload]?.S) === 'json').length;
  if (others > 0)
    notes.note(
      'PAYLOAD_NO_OBJECT',
      labourer,
      `${others} queued payloads are JSON, but no object: sosw's Orchestrator ends in an error on them, Reeve sends { payload }`,
    );
  if (lost.rows > 0)
    notes.warn(
      'GREENFIELD_PAST_NOW',
      labourer,
      `${some(lost)} tasks were never started, and their greenfield lies ahead: sosw does not see them, and then takes them for expired`,
      'a sweep of Reeve puts them back into the queue, in the order in which they were made',
    );
  const [last] = newest.rows;
  if (!last || isReeves(last) || !isLost(last, fields)) return;
  const left = Math.floor((asked.now / SECOND - numberOf(last, fields.greenfield)) / asked.step);
  if (left < FEW_CREATES)
    notes.warn(
      'GREENFIELD_NEAR_NOW',
      labourer,
      `after ${left} more tasks the greenfields of sosw reach the present, unless its queue is empty once`,
      'let Reeve make the tasks, or stop making any until the queue is empty',
    );
};

const some = ({ rows, atLeast }: { readonly rows: number; readonly atLeast: boolean }): string =>
  atLeast ? `at least ${rows}` : String(rows);

const judgeStarted = ({ labourer, running, expired }: LabourerRows, { beyond, running: page }: Stretches, notes: Notebook): void => {
  const ahead = beyond.rows.filter((row) => row['reeve_until'] === undefined);
  if (ahead.length > 0)
    notes.warn(
      'CLOCK_AHEAD',
      labourer,
      `${ahead.length} tasks were invoked at an instant that has not come: a clock of sosw's is ahead, or greenfield_invocation_delta is not the one that it uses`,
      'set the clocks right; give the greenfield_invocation_delta of the running sosw',
    );
  const ours = page.rows.filter((row) => row['reeve_until'] !== undefined).length;
  if (ours > 0) notes.note('REEVE_RUNS', labourer, `${ours} of the ${some(running)} that run were started by Reeve`);
  if (expired.rows > 0 && running.rows === 0)
    notes.note(
      'NOBODY_REAPS',
      labourer,
      `${some(expired)} attempts are out of time and nothing runs`,
      "see whether sosw's Scavenger is switched on",
    );
};

/** Of the newest of each kind. */
const judgeClosed = async (
  reads: Reads,
  { completed, dead }: Stretches,
  { tables }: RowsAsked,
  labourer: string,
  notes: Notebook,
): Promise<void> => {
  const { fields } = tables;
  const keys = [completed, dead].flatMap(({ rows }) => rows.slice(0, PAYLOADS)).flatMap((row) => keyOf(row, fields.task_id));
  const rows = await reads.batchGet(tables.closed, keys);
  const printed = rows.filter((row) => payloadKind(row[fields.payload]?.S) === 'repr').length;
  if (printed > 0)
    notes.note(
      'CLOSED_REPR',
      labourer,
      `${printed} of ${rows.length} closed payloads are what Python prints, not JSON. Reeve reads them, and writes JSON`,
      'whatever reads closed rows of yours has to take both',
    );
};

const keyOf = (row: Row, name: string): readonly Row[] => {
  const { [name]: id } = row;
  return id ? [{ [name]: id }] : [];
};
