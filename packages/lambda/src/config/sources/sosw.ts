import { type Json, ReeveError } from '@reeve/core';
import { loadSdk } from '../../aws/sdk.ts';
import { type ConfigSource, type ConfigValue, isDict } from '../piece.ts';
import { invalidConfig, readJson } from '../read-text.ts';
import { soswToReeve } from '../sosw-to-reeve.ts';

/** As much of `DynamoDB` of @aws-sdk/client-dynamodb as is used. */
export interface ConfigTableClient {
  getItem(input: {
    TableName: string;
    Key: Record<string, { S: string }>;
    ConsistentRead: boolean;
  }): Promise<{ readonly Item?: Readonly<Record<string, { readonly S?: string | undefined }>> | undefined }>;
}

export interface SoswConfigOptions {
  /** Default `config`. */
  readonly table?: string;
  /** Default `production`. */
  readonly env?: string;
  /** Whose `<name>_config` is read, over `sosw_essential_config`. Default AWS_LAMBDA_FUNCTION_NAME; such as `sosw_orchestrator`. */
  readonly functionName?: string | undefined;
  /** Default: a `DynamoDB` of the runtime's own SDK. */
  readonly client?: ConfigTableClient;
}

/**
 * sosw's table of configurations, as it stands: what the function has of its own over what all essentials share. Lists are joined, as sosw does;
 * what is in both stands once.
 */
export const fromSoswConfig = (options: SoswConfigOptions = {}): ConfigSource => {
  const { table = 'config', env = 'production', functionName = process.env['AWS_LAMBDA_FUNCTION_NAME'] } = options;
  let own = options.client;
  const rows = ['sosw_essential_config', ...(functionName === undefined ? [] : [`${functionName}_config`])];
  const name = `sosw's ${table} (${env}: ${rows.toReversed().join(' over ')})`;
  return {
    kind: 'sosw',
    name,
    read: async () => {
      own ??= await ownClient();
      const client = own;
      const values = await Promise.all(rows.map((row) => readRow(client, { table, env, row })));
      const found = values.filter((value) => value !== undefined);
      if (found.length === 0)
        throw invalidConfig(`${name} has none of these rows; give the name of a function that has one, or leave the source out`);
      return [{ path: [], value: converted(found.reduce(joined), name), from: name }];
    },
  };
};

const converted = (config: ConfigValue, name: string): ConfigValue => {
  try {
    return soswToReeve(config);
  } catch (error) {
    if (!ReeveError.is(error)) throw error;
    const own = error.message.replace(` [${error.code}]`, '');
    throw new ReeveError({ kind: 'config', code: error.code, message: `${own}\n  (from ${name})` });
  }
};

interface RowName {
  readonly table: string;
  readonly env: string;
  readonly row: string;
}

const readRow = async (client: ConfigTableClient, { table, env, row }: RowName): Promise<ConfigValue | undefined> => {
  const { Item } = await client.getItem({ TableName: table, Key: { env: { S: env }, config_name: { S: row } }, ConsistentRead: true });
  const text = Item?.['config_value']?.S;
  if (text === undefined) return undefined;
  const value = readJson(text, `${row} in sosw's ${table} (${env})`);
  if (isDict(value)) return value;
  throw invalidConfig(`${row} in sosw's ${table} (${env}) is no object; give one`);
};

const joined = (below: ConfigValue, above: ConfigValue): ConfigValue => {
  const members = new Map(Object.entries(below));
  for (const [name, value] of Object.entries(above)) members.set(name, joinedValue(members.get(name), value));
  return Object.fromEntries(members);
};

const joinedValue = (below: Json | undefined, above: Json): Json => {
  if (isDict(above) && isDict(below)) return joined(below, above);
  if (!Array.isArray(above) || !Array.isArray(below)) return above;
  const all: readonly Json[] = [...below, ...above];
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
};

const ownClient = async (): Promise<ConfigTableClient> => {
  const { DynamoDB } = await loadSdk<{ readonly DynamoDB: new (config: object) => ConfigTableClient }>(
    '@aws-sdk/client-dynamodb',
    'fromSoswConfig',
  );
  return new DynamoDB({});
};
