import type { GreenfieldTables } from '@reeve/adapter-dynamodb';
import type { Reads, Row } from '../dynamodb/reads.ts';
import type { Notebook } from '../report/finding.ts';
import { problemOf } from './judge-row.ts';

/** Reeve's own items in the table of tasks. */
const RESERVED = 'reeve:';

/** One bounded look at the whole table of tasks: for what no index of a known labourer shows. */
export const lookAtTable = async (
  reads: Reads,
  tables: GreenfieldTables,
  known: readonly string[],
  limit: number,
  notes: Notebook,
): Promise<void> => {
  if (limit === 0) return;
  const { fields } = tables;
  const { rows, more } = await reads.scan(tables.tasks, limit);
  const seen = `${rows.length} rows that were looked at${more ? '' : ' (all of them)'}`;
  const own = rows.filter((row) => idOf(row, fields.task_id).startsWith(RESERVED)).length;
  const tasks = rows.filter((row) => !idOf(row, fields.task_id).startsWith(RESERVED));
  if (own > 0) notes.note('REEVE_WAS_HERE', tables.tasks, `${own} items of Reeve's own are among the ${seen}`);
  const ghosts = tasks.filter((row) => row[fields.labourer_id] === undefined);
  if (ghosts.length > 0)
    notes.note(
      'GHOSTS',
      tables.tasks,
      `${ghosts.length} of the ${seen} are no tasks: sosw's assistant was told of ids that were archived already, or never were`,
      "they stand in nobody's way; delete them if you like",
    );
  const wrong = tasks.filter((row) => row[fields.labourer_id] !== undefined && row[fields.labourer_id]?.S === undefined);
  if (wrong.length > 0)
    notes.warn(
      'ROW_BROKEN',
      tables.tasks,
      `${wrong.length} of the ${seen} have a ${fields.labourer_id} that is no text, so no index shows them`,
      'mend or delete them',
    );
  for (const [labourer, count] of byLabourer(tasks, fields.labourer_id)) {
    if (known.includes(labourer)) continue;
    notes.warn(
      'LABOURER_UNKNOWN',
      labourer,
      `${count} of the ${seen} are tasks of it, and it is not configured: nobody starts them`,
      'add it to labourers, or delete its tasks',
    );
  }
  const broken = tasks.filter(
    (row) => row[fields.labourer_id]?.S && row[fields.greenfield]?.N && problemOf(row, fields) !== undefined,
  ).length;
  notes.ok('TABLE_SEEN', tables.tasks, `${seen}: ${tasks.length - ghosts.length} tasks, ${broken} of them cannot be read`);
};

const idOf = (row: Row, name: string): string => row[name]?.S ?? '';

const byLabourer = (rows: readonly Row[], name: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const labourer = row[name]?.S;
    if (labourer !== undefined) counts.set(labourer, (counts.get(labourer) ?? 0) + 1);
  }
  return counts;
};
