/**
 * Every setting of sosw 0.7, and where it goes. Paths are those of the merged configuration, `task_config.` left out; `*` stands for a
 * name that its author chose. What lies deeper than a path goes with it.
 */
import type { SettingFate } from '../report/report.ts';

export interface KnownSetting {
  readonly path: string;
  readonly fate: Exclude<SettingFate['fate'], 'unknown'>;
  readonly becomes: string;
}

const kept = (path: string, becomes: string): KnownSetting => ({ path, fate: 'kept', becomes });
const moved = (path: string, becomes: string): KnownSetting => ({ path, fate: 'moved', becomes });
const dropped = (path: string, becomes: string): KnownSetting => ({ path, fate: 'dropped', becomes });

export const KNOWN_SETTINGS: readonly KnownSetting[] = [
  // where things are: fromSoswConfig of @reeve/adapter-dynamodb
  kept('dynamo_db_config.table_name', 'tables.tasks of the store, by fromSoswConfig'),
  kept('dynamo_db_config.index_greenfield', 'tables.greenfieldIndex'),
  kept('dynamo_db_config.field_names', 'tables.fields'),
  kept('dynamo_db_config.row_mapper', 'checked against what the tables need; attributes that it does not name are kept all the same'),
  kept('dynamo_db_config.required_fields', 'checked: a new row has them'),
  kept('sosw_closed_tasks_table', 'tables.closed'),
  kept('sosw_closed_tasks_labourer_status_index', 'tables.closedIndex'),
  kept('sosw_retry_tasks_table', 'tables.retry'),
  kept('sosw_retry_tasks_greenfield_index', 'tables.retryIndex'),
  kept('greenfield_invocation_delta', 'tables.invocationDelta'),
  dropped('greenfield_task_step', 'the order is that of due times, and runs into no end'),
  // who works: labourersFromSosw of @reeve/adapter-dynamodb
  kept('labourers.*.arn', 'target'),
  kept('labourers.*.max_simultaneous_invocations', 'maxSimultaneousInvocations'),
  kept('labourers.*.duration', 'lease.duration; seconds become milliseconds'),
  kept('labourers.*.cooldown', 'lease.cooldown; seconds become milliseconds'),
  kept('labourers.*.health_metrics', 'health.metrics, as they stand; in code, cloudwatchEcology() has to be in use'),
  kept('max_attempts', 'maxAttempts of each labourer'),
  kept('max_attempts_*', 'maxAttempts of this labourer'),
  kept('max_simultaneous_invocations', 'maxSimultaneousInvocations of each labourer that names none'),
  kept('invocation_number_coefficient', 'health.coefficients of each labourer'),
  dropped('default_simultaneous_invocations', 'sosw itself reads it nowhere: without max_simultaneous_invocations a cap is 1'),
  dropped(
    'max_closed_to_analyse_for_duration',
    'sosw averages durations that nobody reads; what attempts take is measured for health.outcomes',
  ),
  moved('ecology_config', 'default_metric_values count for metrics that leave them out; the rest is options of cloudwatchEcology'),
  moved('ecology_client_config', 'as ecology_config'),
  // who watches
  moved('sns_config', 'deadTasksToSns({ topicArn }) of @reeve/lambda, or alarms.deadTasks of its configuration'),
  dropped('retry_tasks_limit', 'a sweep brings back what is due, page by page'),
  moved('meta_handler_config', 'events and logs; errors of attempts stand with the task. No row is written to sosw_tasks_meta'),
  // jobs: planJob of @reeve/core, and the scheduler of @reeve/lambda
  kept('job_schema', 'job_schema of jobs'),
  kept('job_schema_variants', 'job_schema_variants of jobs'),
  moved('custom_period_patterns', 'periods of jobs: a pattern and a function, in code'),
  dropped('queue_bucket', 'no file is needed: tasks have ids that follow from the job, and making one again is known to be again'),
  dropped('queue_file', 'as queue_bucket'),
  dropped('s3_prefix', 'as queue_bucket'),
  dropped('rows_to_process', 'tasks are made in pages of the store'),
  dropped('shutdown_period', 'the scheduler stops in time by itself'),
  dropped('task_operational_overhead_for_ddb', 'as shutdown_period'),
  dropped('siblings_config', 'a job that is not done is gone on with: nothing is handed from one function to the next in a file'),
  // how sosw puts itself together
  dropped('init_clients', 'parts are given in use'),
  dropped('disable_ddb_config', 'which sources are read is said where they are named'),
  dropped('lambda_config', 'options of lambdaInvoker'),
  dropped('s3_config', 'no file is needed'),
  dropped('lifetime_stats_params', 'nothing is counted in the process; events and metrics say more'),
  kept(
    'sosw_worker_assistant_lambda',
    "of a worker, and stays: the name of the function that it reports to. Give Reeve's assistant this name, or set it to its own",
  ),
];

/** Members of a path that are names of sosw's own, and not a setting by themselves. */
const WRAPPERS: readonly string[] = ['dynamo_db_config', 'labourers'];

/** What is known of a setting. `undefined`: nothing. */
export const fateOf = (path: readonly string[]): KnownSetting | undefined =>
  KNOWN_SETTINGS.find((known) => {
    const wanted = known.path.split('.');
    return wanted.length <= path.length && wanted.every((each, at) => matches(each, path[at] ?? ''));
  });

const matches = (wanted: string, name: string): boolean =>
  wanted === '*' || wanted === name || (wanted.endsWith('_*') && name.startsWith(wanted.slice(0, -1)) && name.length >= wanted.length);

/** Whether settings are to be looked for further in. */
export const isWrapper = (path: readonly string[]): boolean =>
  path.length === 0 || (path.length === 1 && WRAPPERS.includes(path[0] ?? '')) || (path.length === 2 && path[0] === 'labourers');
