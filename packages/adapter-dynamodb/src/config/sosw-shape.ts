/** Finds sosw's table settings in whichever of its three configurations one was given. */
import type { Problem } from '@reeve/core';

export type Settings = Readonly<Record<string, unknown>>;

/** The settings that say where things are, and where each of them stood, for messages. */
export interface SoswShape {
  /** All of it: `ORCHESTRATOR_CONFIG` has settings of its own beside the client's. */
  readonly whole: Settings;
  /** `TASK_CLIENT_CONFIG`: the names of the other tables, the labourers. */
  readonly client: Settings;
  /** Where a setting of the client stood: `task_config.labourers.mill`, or without the first where it stood beside that. */
  readonly pathOf: (...names: readonly string[]) => string;
  /** `TASKS_TABLE_CONFIG`: the tasks table, its index, its attributes. */
  readonly table: Settings;
  readonly tablePath: string;
}

/** `task_config` in the Orchestrator's documented configuration, `task_client_config` in that of the Scheduler and in sosw's own tests. */
const CLIENT_KEYS = ['task_config', 'task_client_config'] as const;
const TABLE_KEY = 'dynamo_db_config';
/**
 * The client's own settings. Beside `task_config` they count as well, for whatever that leaves out: sosw's client reads the whole row of its
 * function, and sosw's template of what all essentials share has its labourers there.
 */
const CLIENT_SETTINGS =
  /^(labourers|dynamo_db_config|sosw_(closed|retry)_tasks_\w+|greenfield_(invocation_delta|task_step)|max_attempts\w*|max_simultaneous_invocations|ecology_(client_)?config)$/;
/** Enough to know each configuration by. sosw accepts any other key beside these, and so do we. */
const KNOWN_KEYS: readonly string[] = [
  ...CLIENT_KEYS,
  TABLE_KEY,
  ...['table_name', 'index_greenfield', 'row_mapper', 'required_fields', 'field_names', 'labourers', 'init_clients', 'max_attempts'],
  ...['sosw_closed_tasks_table', 'sosw_retry_tasks_table', 'sosw_retry_tasks_greenfield_index', 'sosw_closed_tasks_labourer_status_index'],
  ...['greenfield_invocation_delta', 'greenfield_task_step', 'ecology_config', 'ecology_client_config'],
  ...['invocation_number_coefficient', 'default_simultaneous_invocations', 'max_simultaneous_invocations'],
];

/** @param config an object, or JSON text of one. What is wrong goes into `problems`; the answer is usable all the same. */
export const soswShape = (config: unknown, problems: Problem[]): SoswShape => {
  const whole = parsed(config, problems);
  const names = Object.keys(whole);
  if (names.length > 0 && !names.some((each) => KNOWN_KEYS.includes(each))) {
    const found = names.slice(0, 5).join(', ').slice(0, 100);
    problems.push({
      path: 'config',
      problem: `none of its keys (${found}) is one of sosw's; give TASKS_TABLE_CONFIG, TASK_CLIENT_CONFIG or ORCHESTRATOR_CONFIG`,
    });
  }
  const [clientKey, second] = CLIENT_KEYS.filter((each) => whole[each] !== undefined);
  if (second !== undefined) problems.push({ path: second, problem: `stands beside ${clientKey}; leave one of the two` });
  const within = clientKey === undefined ? whole : settings(whole[clientKey], clientKey, problems);
  const beside = clientKey === undefined ? {} : Object.fromEntries(Object.entries(whole).filter(([name]) => CLIENT_SETTINGS.test(name)));
  const client = laidOver(beside, within);
  const pathOf = (...names: readonly string[]): string => {
    const isWithin = clientKey !== undefined && (has(within, names) || !has(beside, names));
    return [...(isWithin ? [clientKey] : []), ...names].join('.');
  };
  // A table configuration by itself is all on one level; then the client's keys, if any, stand on that level too.
  const nested = client[TABLE_KEY] !== undefined;
  return {
    whole,
    client,
    pathOf,
    table: nested ? settings(client[TABLE_KEY], pathOf(TABLE_KEY), problems) : client,
    tablePath: nested ? `${pathOf(TABLE_KEY)}.` : clientKey === undefined ? '' : `${clientKey}.`,
  };
};

/** As sosw lays one configuration over another: objects member by member, lists joined, anything else instead of what was there. */
const laidOver = (below: Settings, above: Settings): Settings => {
  const all: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const { [name]: under } = all;
    if (isObject(value) && isObject(under)) all[name] = laidOver(under, value);
    else all[name] = Array.isArray(value) && Array.isArray(under) ? [...under, ...value] : value;
  }
  return all;
};

const has = (from: unknown, [name, ...deeper]: readonly string[]): boolean =>
  name === undefined ? from !== undefined : isObject(from) && has(from[name], deeper);

const parsed = (config: unknown, problems: Problem[]): Settings => {
  if (typeof config !== 'string') return settings(config, 'config', problems);
  try {
    return settings(JSON.parse(config), 'config', problems);
  } catch {
    problems.push({
      path: 'config',
      problem: `a text of ${config.length} characters that is not JSON; give the configuration as JSON or as an object`,
    });
    return {};
  }
};

/** An object as it is; anything else is a problem and counts as empty. */
export const settings = (value: unknown, path: string, problems: Problem[]): Settings => {
  if (value === undefined) return {};
  if (isObject(value)) return value;
  problems.push({ path, problem: `${shown(value)} is not an object; give one, or leave it out for sosw's defaults` });
  return {};
};

const isObject = (value: unknown): value is Settings => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value for a message, shortened. */
export const shown = (value: unknown): string => {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};
