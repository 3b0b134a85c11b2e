import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { GreenfieldTables } from '@reeve/adapter-dynamodb';
import { configFault, type EpochMs, type Problem } from '@reeve/core';

/** Where sosw's configuration is. */
export interface ConfigTable {
  /** Default `config`. */
  readonly table?: string;
  /** Its partition key. Default `production`. */
  readonly env?: string;
  /** The names of the essentials' functions; each has a row `<name>_config`. Default `sosw_orchestrator` and so on. */
  readonly functions?: Partial<Record<Essential, string>>;
}

export const ESSENTIALS = ['orchestrator', 'scavenger', 'scheduler', 'worker_assistant'] as const;
export type Essential = (typeof ESSENTIALS)[number];

export interface DoctorOptions {
  /** Used to read only, and never closed. */
  readonly client: DynamoDBClient;
  /** To look at the labourers' functions. Default: they are not looked at. */
  readonly lambda?: LambdaClient;
  /** Default: the table `config` as sosw makes it. `false`: there is none. */
  readonly config?: ConfigTable | false;
  /** What the Orchestrator is given in code (`custom_config`): over what the table says. An object, or JSON text. */
  readonly settings?: object | string;
  /** Default: as the settings say. */
  readonly tables?: GreenfieldTables;
  /** By which rows are judged. Default: now, and then this machine's clock is compared with DynamoDB's. */
  readonly now?: EpochMs;
  /** Rows of one look at one stretch of a labourer's tasks. 1 to 1,000; default 50. */
  readonly sample?: number;
  /** Rows of the one look at the whole table of tasks. 0 to 5,000; default 200. */
  readonly scan?: number;
}

export interface Asked {
  readonly sample: number;
  readonly scan: number;
  readonly config: false | { readonly table: string; readonly env: string; readonly names: Readonly<Record<Essential, string>> };
}

const NAMES = 'client lambda config settings tables now sample scan'.split(' ');

/** @throws ReeveError INVALID_DOCTOR that lists all that is wrong */
export const checkOptions = (options: DoctorOptions): Asked => {
  const problems: Problem[] = [];
  const say = (name: string, problem: string): void => void problems.push({ path: `doctor.${name}`, problem });
  for (const name of Object.keys(options)) if (!NAMES.includes(name)) say(name, `is not an option; there are ${NAMES.join(', ')}`);
  const { client, lambda, now, tables, settings }: Readonly<Record<string, unknown>> = { ...options };
  if (serviceOf(client) !== 'DynamoDB') say('client', 'is no DynamoDBClient; give one of @aws-sdk/client-dynamodb');
  if (lambda !== undefined && serviceOf(lambda) !== 'Lambda') say('lambda', 'is no LambdaClient; give one of @aws-sdk/client-lambda');
  if (now !== undefined && !Number.isSafeInteger(now)) say('now', `must be epoch milliseconds, not ${shown(now)}; give Date.now()`);
  if (tables !== undefined && typeof (tables as GreenfieldTables | null)?.tasks !== 'string')
    say('tables', 'are not as defaultTables() or fromSoswConfig() makes them; give what one of them answers');
  if (settings !== undefined && typeof settings !== 'string' && !isObject(settings))
    say('settings', `must be an object or JSON text, not ${shown(settings)}`);
  const within = (name: 'sample' | 'scan', least: number, most: number, fallback: number): number => {
    const { [name]: value = fallback }: { readonly [Name in typeof name]?: unknown } = options;
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
    say(name, `must be a whole number of rows, ${least} to ${most}, not ${shown(value)}`);
    return fallback;
  };
  const asked = { sample: within('sample', 1, 1_000, 50), scan: within('scan', 0, 5_000, 200), config: configOf(options.config, say) };
  if (problems.length > 0) throw configFault(problems, 'The doctor cannot look as he is asked to:', 'INVALID_DOCTOR');
  return asked;
};

const configOf = (config: unknown, say: (name: string, problem: string) => void): Asked['config'] => {
  if (config === false) return false;
  const text = (from: Readonly<Record<string, unknown>>, name: string, path: string, fallback: string): string => {
    const value = from[name] ?? fallback;
    if (typeof value === 'string' && value !== '') return value;
    say(path, `must be a name, not ${shown(value)}`);
    return fallback;
  };
  const own = config ?? {};
  if (!isObject(own)) say('config', `must be { table, env, functions } or false, not ${shown(config)}`);
  const given = isObject(own) ? own : {};
  const functions = given['functions'] ?? {};
  if (!isObject(functions)) say('config.functions', `must be names by ${ESSENTIALS.join(', ')}, not ${shown(functions)}`);
  const names = Object.fromEntries(
    ESSENTIALS.map((each) => [each, text(isObject(functions) ? functions : {}, each, `config.functions.${each}`, `sosw_${each}`)]),
  ) as Record<Essential, string>;
  return { table: text(given, 'table', 'config.table', 'config'), env: text(given, 'env', 'config.env', 'production'), names };
};

const serviceOf = (client: unknown): unknown =>
  (client as { readonly config?: { readonly serviceId?: unknown } } | null | undefined)?.config?.serviceId;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `a ${Array.isArray(value) ? 'list' : typeof value}`;
};
