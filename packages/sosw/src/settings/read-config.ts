import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { Reads } from '../dynamodb/reads.ts';
import { type Asked, ESSENTIALS, isObject } from '../options.ts';
import type { Notebook } from '../report/finding.ts';
import type { Settings } from './merge.ts';

/** The settings of one row, or those that were given in code. */
export interface Source {
  /** `sosw_orchestrator_config`. */
  readonly name: string;
  readonly settings: Settings;
}

/** The row that all essentials share. */
export const SHARED = 'sosw_essential_config';
export const IN_CODE = 'settings';

/**
 * Reads the rows of the essentials by their names, and no other: the table may have secrets of workers in it. What a row says is never told,
 * only the names in it.
 */
export const readConfig = async (reads: Reads, { config }: Asked, notes: Notebook): Promise<readonly Source[]> => {
  if (config === false) return [];
  const { table, env, names } = config;
  const wanted = [SHARED, ...ESSENTIALS.map((each) => `${names[each]}_config`)];
  const rows = await reads
    .batchGet(
      table,
      [...new Set(wanted)].map((name) => ({ env: { S: env }, config_name: { S: name } })),
    )
    .catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    });
  if (!rows)
    notes.warn(
      'CONFIG_NOT_FOUND',
      table,
      'there is no such table',
      "name the one of sosw's configuration as config.table, or give config: false",
    );
  else if (rows.length === 0)
    notes.warn(
      'CONFIG_NOT_FOUND',
      table,
      `it has none of ${wanted.join(', ')} in the environment ${env}`,
      'say where they are with config: { table, env, functions }, or give what stands in code as settings',
    );
  return wanted.flatMap((name) => {
    const row = rows?.find((each) => each['config_name']?.S === name);
    if (!row) return [];
    const settings = parsed(row['config_value']?.S);
    if (settings) return [{ name, settings }];
    notes.fail(
      'CONFIG_NOT_JSON',
      name,
      'config_value is no JSON object, so sosw goes by its defaults instead, and says nothing',
      'mend the JSON, or delete the row',
    );
    return [];
  });
};

export const inCode = (settings: object | string | undefined, notes: Notebook): readonly Source[] => {
  if (settings === undefined) return [];
  const own = typeof settings === 'string' ? parsed(settings) : isObject(settings) ? settings : undefined;
  if (own) return [{ name: IN_CODE, settings: own }];
  notes.fail('CONFIG_NOT_JSON', IN_CODE, 'the text is no JSON object', 'give an object, or the JSON text of one');
  return [];
};

const parsed = (text: string | undefined): Settings | undefined => {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
