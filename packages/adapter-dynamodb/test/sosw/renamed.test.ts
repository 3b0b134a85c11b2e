/** A team may call its attributes what it likes: the whole kit, on tables in which nothing has the name that sosw gives it. */
import { testTaskStore } from '@reeve/testkit';
import { describe, expect, it } from 'vitest';
import { fromSoswConfig } from '../../src/config/from-sosw-config.ts';
import { LOGICAL_FIELDS } from '../../src/config/greenfield-tables.ts';
import { openBench } from '../fixtures/bench.ts';
import { openTables, request, task } from '../fixtures/open.ts';
import { testDynamoDb } from '../tables/server.ts';

/** Words that DynamoDB keeps to itself, dashes, blanks, placeholders, other scripts. */
const field_names = {
  task_id: 'key',
  labourer_id: 'Label-Worker',
  created_at: 'timestamp',
  greenfield: 'order',
  attempts: 'size',
  payload: '#0',
  completed_at: 'done at',
  closed_at: ':0',
  desired_launch_time: 'größe.zeit',
  labourer_id_task_status: 'status',
};

const renamed = (prefix: string) =>
  fromSoswConfig({
    dynamo_db_config: { table_name: `${prefix}t`, index_greenfield: 'by-order', field_names },
    sosw_closed_tasks_table: `${prefix}c`,
    sosw_closed_tasks_labourer_status_index: 'by-status',
    sosw_retry_tasks_table: `${prefix}r`,
    sosw_retry_tasks_greenfield_index: 'by-time',
  });

const db = testDynamoDb();
testTaskStore({ describe, it }, 'DynamoDbTaskStore, renamed', (options) => openBench(db, options, renamed));

it('nothing in the rows has a name of sosw', async () => {
  const open = await openTables(db, renamed(db.prefix()));
  const store = open.store();
  await store.enqueue([task('a'), task('b')]);
  const { leases } = await store.claim(request());
  await store.settle(leases.map((each) => ({ ...each, kind: each.id === 'a' ? ('completed' as const) : ('dead' as const), error: 'no' })));
  for (const row of await Promise.all(['a', 'b'].flatMap((id) => [open.row(id), open.closed(id)]))) {
    const names = Object.keys(row ?? {});
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => (LOGICAL_FIELDS as readonly string[]).includes(name))).toEqual([]);
  }
});
