import { isObject } from '../options.ts';

export type Settings = Readonly<Record<string, unknown>>;

/** As sosw merges its configurations: objects member by member, lists are joined, anything else is replaced. */
export const merge = (under: Settings, over: Settings): Settings => {
  const merged: Record<string, unknown> = { ...under };
  for (const [name, value] of Object.entries(over)) merged[name] = joined(merged[name], value);
  return merged;
};

const joined = (below: unknown, value: unknown): unknown => {
  if (isObject(value) && isObject(below)) return merge(below, value);
  if (!Array.isArray(value) || !Array.isArray(below)) return value;
  const all: readonly unknown[] = [...below, ...value];
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
};

/** Where an essential keeps what its TaskManager is to know. */
export const CLIENT_KEYS = ['task_config', 'task_client_config'] as const;

/** Settings of the TaskManager. */
const CLIENT_SETTINGS =
  /^(labourers|dynamo_db_config|sosw_(closed|retry)_tasks_\w+|greenfield_\w+|max_attempts\w*|max_simultaneous_invocations|max_closed_to_analyse_for_duration)$/;

/**
 * One `ORCHESTRATOR_CONFIG`: everything of the TaskManager's is in `task_config`. What is within wins over what stands beside; what all
 * essentials share may have it by both of its names.
 */
export const fold = (whole: Settings): Settings => {
  const clients = [...CLIENT_KEYS].reverse().flatMap((key) => (isObject(whole[key]) ? [whole[key]] : []));
  const own = pick(whole, isOfClient);
  const rest = pick(whole, (name) => !isOfClient(name) && !CLIENT_KEYS.some((key) => key === name));
  return { ...rest, task_config: [own, ...clients].reduce(merge) };
};

/** Whether it is more than the TaskManager's own. */
export const hasClient = (whole: Settings): boolean => CLIENT_KEYS.some((key) => whole[key] !== undefined);

/** What is left without the TaskManager's settings outside of `task_config`, and the names of those. */
export const withinClient = (whole: Settings): { readonly settings: Settings; readonly beside: readonly string[] } => ({
  settings: pick(whole, (name) => !isOfClient(name)),
  beside: Object.keys(pick(whole, isOfClient)),
});

const isOfClient = (name: string): boolean => CLIENT_SETTINGS.test(name);

const pick = (from: Settings, isWanted: (name: string) => boolean): Settings =>
  Object.fromEntries(Object.entries(from).filter(([name]) => isWanted(name)));
