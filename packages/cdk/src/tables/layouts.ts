/**
 * What the tables of @reeve/adapter-dynamodb look like. The package itself is not imported: whoever synthesizes a stack would have to
 * install a database client. A test makes tables of the synthesized template and lets `verifyTables` and `verifyNativeTable` look at them.
 */
import { type ByFunction, NATIVE_ACTIONS, SOSW_CLOSED_ACTIONS, SOSW_RETRY_ACTIONS, SOSW_TASKS_ACTIONS } from '../table-actions.ts';

export interface Key {
  readonly name: string;
  readonly type: 'S' | 'N';
}

export interface IndexLayout {
  readonly name: string;
  readonly kind: 'global' | 'local';
  readonly partition: Key;
  readonly sort: Key;
  /** All attributes, or the keys and these. */
  readonly projection: 'ALL' | readonly string[];
}

export interface TableLayout {
  /** Its construct's id. */
  readonly id: string;
  /** As @reeve/adapter-dynamodb calls it where nobody says otherwise. */
  readonly usualName: string;
  readonly partition: Key;
  readonly sort?: Key;
  readonly index?: IndexLayout;
  readonly ttl?: string;
  /** Who does what with it. */
  readonly actions: ByFunction;
}

const text = (name: string): Key => ({ name, type: 'S' });
const number = (name: string): Key => ({ name, type: 'N' });

export const NATIVE: TableLayout = {
  id: 'Tasks',
  usualName: 'reeve',
  partition: text('pk'),
  sort: text('sk'),
  ttl: 'ttl',
  actions: NATIVE_ACTIONS,
};

export const SOSW: { readonly tasks: TableLayout; readonly closed: TableLayout; readonly retry: TableLayout } = {
  tasks: {
    id: 'Tasks',
    usualName: 'sosw_tasks',
    partition: text('task_id'),
    index: { name: 'sosw_tasks_greenfield', kind: 'global', partition: text('labourer_id'), sort: number('greenfield'), projection: 'ALL' },
    ttl: 'reeve_ttl',
    actions: SOSW_TASKS_ACTIONS,
  },
  closed: {
    id: 'ClosedTasks',
    usualName: 'sosw_closed_tasks',
    partition: text('task_id'),
    index: {
      name: 'labourer_task_status_with_time',
      kind: 'global',
      partition: text('labourer_id_task_status'),
      sort: number('closed_at'),
      projection: ['completed_at', 'greenfield', 'attempts'],
    },
    ttl: 'reeve_ttl',
    actions: SOSW_CLOSED_ACTIONS,
  },
  retry: {
    id: 'RetryTasks',
    usualName: 'sosw_retry_tasks',
    partition: text('labourer_id'),
    sort: text('task_id'),
    index: {
      name: 'labourer_id_greenfield',
      kind: 'local',
      partition: text('labourer_id'),
      sort: number('desired_launch_time'),
      projection: 'ALL',
    },
    actions: SOSW_RETRY_ACTIONS,
  },
};

const FIELDS = [
  'task_id',
  'labourer_id',
  'created_at',
  'greenfield',
  'attempts',
  'payload',
  'completed_at',
  'closed_at',
  'desired_launch_time',
  'labourer_id_task_status',
] as const;

/** How the store is told of these tables, beside their names. */
export const SOSW_WORDS: {
  readonly greenfieldIndex: string;
  readonly closedIndex: string;
  readonly retryIndex: string;
  readonly fields: Readonly<Record<(typeof FIELDS)[number], string>>;
  readonly invocationDelta: number;
} = {
  greenfieldIndex: 'sosw_tasks_greenfield',
  closedIndex: 'labourer_task_status_with_time',
  retryIndex: 'labourer_id_greenfield',
  fields: Object.fromEntries(FIELDS.map((name) => [name, name])) as Record<(typeof FIELDS)[number], string>,
  // A year of 365.25 days, in seconds.
  invocationDelta: 31_557_600,
};
