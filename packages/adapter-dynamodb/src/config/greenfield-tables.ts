/** What sosw calls each attribute; the words of its own `field_names`, `row_mapper` and source. */
export const LOGICAL_FIELDS = [
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

export type LogicalField = (typeof LOGICAL_FIELDS)[number];

/** From sosw's word to the attribute's name in the user's own tables. */
export type FieldNames = Readonly<Record<LogicalField, string>>;

/** Where sosw's tables are and what things are called in them. */
export interface GreenfieldTables {
  /** Queued and running tasks: sosw's `table_name`. */
  readonly tasks: string;
  /** Ended tasks: sosw's `sosw_closed_tasks_table`. */
  readonly closed: string;
  /** Failed tasks that wait for their next attempt in sosw's way: `sosw_retry_tasks_table`. */
  readonly retry: string;
  /** Index of `tasks` by labourer and greenfield. */
  readonly greenfieldIndex: string;
  /** Index of `closed` by labourer with status, and the time of closing. */
  readonly closedIndex: string;
  /** Index of `retry` by labourer and desired launch time. */
  readonly retryIndex: string;
  readonly fields: FieldNames;
  /** Seconds that an invocation adds to the greenfield: sosw's `greenfield_invocation_delta`. */
  readonly invocationDelta: number;
}

/** A year of 365.25 days, in seconds: the number in sosw's own configuration. */
export const INVOCATION_DELTA = 31_557_600;

/** When DynamoDB may drop an ended row: epoch seconds, on `tasks` and `closed`. */
export const TTL_FIELD = 'reeve_ttl';

export const DEFAULT_FIELDS: FieldNames = Object.fromEntries(LOGICAL_FIELDS.map((name) => [name, name])) as Record<LogicalField, string>;

/**
 * The tables by the names of sosw's documentation.
 * @param prefix put before the three table names; indexes are called within their table and need none
 */
export const defaultTables = (prefix = ''): GreenfieldTables => ({
  tasks: `${prefix}sosw_tasks`,
  closed: `${prefix}sosw_closed_tasks`,
  retry: `${prefix}sosw_retry_tasks`,
  greenfieldIndex: 'sosw_tasks_greenfield',
  closedIndex: 'labourer_task_status_with_time',
  retryIndex: 'labourer_id_greenfield',
  fields: DEFAULT_FIELDS,
  invocationDelta: INVOCATION_DELTA,
});
