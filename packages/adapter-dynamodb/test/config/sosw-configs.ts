/** sosw's three configurations, as its users have them. */
export const TASKS_TABLE_CONFIG = {
  row_mapper: {
    task_id: 'S',
    labourer_id: 'S',
    greenfield: 'N',
    attempts: 'N',
    closed_at: 'N',
    completed_at: 'N',
    desired_launch_time: 'N',
    arn: 'S',
    payload: 'S',
  },
  required_fields: ['task_id', 'labourer_id', 'created_at', 'greenfield'],
  table_name: 'sosw_tasks',
  index_greenfield: 'sosw_tasks_greenfield',
  field_names: { task_id: 'task_id', labourer_id: 'labourer_id', greenfield: 'greenfield' },
};

export const TASK_CLIENT_CONFIG = {
  init_clients: [],
  dynamo_db_config: TASKS_TABLE_CONFIG,
  sosw_closed_tasks_table: 'sosw_closed_tasks',
  sosw_retry_tasks_table: 'sosw_retry_tasks',
  sosw_retry_tasks_greenfield_index: 'labourer_id_greenfield',
  ecology_config: {},
  labourers: {
    some_function: {
      arn: 'arn:aws:lambda:us-west-2:000000000000:function:some_function',
      max_simultaneous_invocations: 10,
      health_metrics: { cpu: { details: { Namespace: 'AWS/RDS' }, feelings: { 3: 50, 4: 25 }, feeling_comparison_operator: '<=' } },
    },
  },
};

export const ORCHESTRATOR_CONFIG = { init_clients: [], task_config: TASK_CLIENT_CONFIG, ecology_config: {} };
