import { labourersFromSosw, fromSoswConfig as tablesOf } from '@reeve/adapter-dynamodb';
import { type ConfigValue, isDict } from './piece.ts';

/** The configuration of sosw's TaskManager goes by two names: the Orchestrator's, and that of the others. */
const [OURS, THEIRS] = ['task_config', 'task_client_config'] as const;

/** What the Scheduler has of its own, and a job of ours understands. */
const OF_JOBS = ['job_schema', 'job_schema_variants'] as const;

/**
 * sosw's configuration in the words of Reeve's: its labourers, its tables, and how its jobs are chunked. What says nothing of these is left out.
 * @throws ReeveError INVALID_TABLES_CONFIG, INVALID_LABOURERS
 */
export const soswToReeve = (config: ConfigValue): ConfigValue => {
  const whole = withOneClient(config);
  const labourers = labourersFromSosw(whole) as unknown as ConfigValue;
  const jobs = OF_JOBS.flatMap((name) => (config[name] === undefined ? [] : [[name, config[name]] as const]));
  const tables = tablesOf(whole) as unknown as ConfigValue;
  return {
    ...(Object.keys(labourers).length > 0 && { labourers }),
    ...(jobs.length > 0 && { jobs: Object.fromEntries(jobs) }),
    store: { layout: 'greenfield', tables },
  };
};

/** What all essentials share may have both names, each for some of them; they mean the same tables and labourers. */
const withOneClient = (config: ConfigValue): ConfigValue => {
  const { [OURS]: ours, [THEIRS]: theirs, ...others } = config;
  if (!isDict(ours) || !isDict(theirs)) return config;
  const [a, b] = [theirs['labourers'], ours['labourers']];
  return { ...others, [OURS]: { ...theirs, ...ours, ...(isDict(a) && isDict(b) && { labourers: { ...a, ...b } }) } };
};
