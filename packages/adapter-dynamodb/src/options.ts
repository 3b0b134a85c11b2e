import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { type Chance, type Clock, configFault, DAY, MINUTE, type Millis, type Problem, type Retention, SECOND } from '@reeve/core';
import { defaultTables, type GreenfieldTables } from './config/greenfield-tables.ts';

export interface DynamoDbModuleOptions {
  /** A client of your own. It is never closed; its region, endpoint, credentials and retries are its own matter. */
  readonly client?: DynamoDBClient;
  /** Default as the SDK finds it: AWS_REGION, or the profile. */
  readonly region?: string;
  /** For a DynamoDB other than Amazon's: "http://127.0.0.1:8000". */
  readonly endpoint?: string;
  /** Default as the SDK finds them: the environment, the profile, the role. */
  readonly credentials?: NonNullable<DynamoDBClientConfig['credentials']>;
  /** How tasks are kept: in sosw's tables (`greenfield`, default), or in one of Reeve's own that costs less than half (`native`). */
  readonly layout?: 'greenfield' | 'native';
  /** The name of the native layout's table. Default `reeve`. */
  readonly nativeTable?: string;
  /** Default `defaultTables()`; a running sosw's with `fromSoswConfig`. */
  readonly tables?: GreenfieldTables;
  /** At the start, `create` makes tables that are missing; `verify` (default) complains; `trust` does not look. */
  readonly atStart?: 'create' | 'verify' | 'trust';
  /** How long the id of an ended task is known, so that enqueueing it again is a duplicate. In milliseconds; default 7 days. */
  readonly keepEnded?: Millis;
  /** How long closed rows are kept. In milliseconds; default for ever, as sosw does. */
  readonly keepClosed?: Millis;
  /**
   * How far apart the clocks of two orchestrators may be, in milliseconds; default 1,000. A lease counts as running for so long
   * after its deadline. DynamoDB has no clock of its own.
   */
  readonly clockGuard?: Millis;
  /**
   * How often `maintain` looks at each labourer for what a sosw beside us, or its workers, have done, in milliseconds. Default a
   * minute; 0 at each call, `Infinity` never: for tables that no sosw writes to.
   */
  readonly lookForSosw?: Millis;
}

export type DynamoDbStoreOptions = DynamoDbModuleOptions & {
  /** Default `systemClock`. */
  readonly clock?: Clock;
  /** Default `systemChance`: names this process's writes, and jitter. */
  readonly chance?: Chance;
  /** The cap each labourer is defined with: how finely the ledger of its first claim is divided. Default: the cap of that claim. */
  readonly capOf?: (labourer: string) => number | undefined;
  /** How long the tasks of each labourer are kept, as it is defined: for ends that this process writes before it learns what `maintain` was told. */
  readonly keepOf?: (labourer: string) => Retention | undefined;
};

export interface Settings {
  readonly nativeTable: string;
  readonly tables: GreenfieldTables;
  readonly atStart: 'create' | 'verify' | 'trust';
  readonly keepEnded: Millis;
  readonly keepClosed: Millis | undefined;
  readonly clockGuard: Millis;
  readonly lookForSosw: Millis;
}

const NAMES =
  'client region endpoint credentials layout nativeTable tables atStart keepEnded keepClosed clockGuard lookForSosw clock chance capOf keepOf'.split(
    ' ',
  );
const OF_OWN_CLIENT = ['region', 'endpoint', 'credentials'] as const;
const OF_GREENFIELD = ['tables', 'keepClosed', 'lookForSosw'] as const;
const TIMES = ['keepEnded', 'keepClosed', 'clockGuard'] as const;

/** @throws ReeveError INVALID_DYNAMODB_STORE that lists all that is wrong */
export const settingsOf = (options: DynamoDbStoreOptions): Settings => {
  const problems: Problem[] = [];
  const say = (name: string, problem: string): void => void problems.push({ path: `dynamodbStore.${name}`, problem });
  for (const name of Object.keys(options)) if (!NAMES.includes(name)) say(name, `is not an option; there are ${NAMES.join(', ')}`);
  for (const name of OF_OWN_CLIENT) {
    if (options.client && options[name] !== undefined)
      say(name, 'is given beside a client; set it on that client, or leave the client out');
  }
  const { client, endpoint, tables }: { readonly client?: unknown; readonly endpoint?: unknown; readonly tables?: unknown } = options;
  if (client !== undefined && (client as DynamoDBClient | null)?.config?.serviceId !== 'DynamoDB')
    say('client', 'is no DynamoDBClient; give one of @aws-sdk/client-dynamodb');
  if (endpoint !== undefined && !(typeof endpoint === 'string' && URL.canParse(endpoint)))
    say('endpoint', `is no URL, but ${shown(endpoint)}; give one like http://127.0.0.1:8000`);
  if (tables !== undefined && typeof (tables as GreenfieldTables | null)?.tasks !== 'string')
    say('tables', 'are not as defaultTables() or fromSoswConfig() makes them; give what one of them answers');
  sayOfLayout(options, say);
  for (const name of TIMES) {
    const value: unknown = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) >= 0))
      say(name, `must be a whole number of milliseconds, 0 or more, not ${shown(value)}`);
  }
  const { lookForSosw = MINUTE, atStart = 'verify' } = options;
  if (!(lookForSosw >= 0)) say('lookForSosw', `must be milliseconds, 0 or more, or Infinity, not ${shown(lookForSosw)}`);
  if (!['create', 'verify', 'trust'].includes(atStart)) say('atStart', `must be create, verify or trust, not ${shown(atStart)}`);
  if (problems.length > 0) throw configFault(problems, 'The DynamoDB store cannot work:', 'INVALID_DYNAMODB_STORE');
  return {
    nativeTable: options.nativeTable ?? 'reeve',
    tables: options.tables ?? defaultTables(),
    atStart,
    keepEnded: options.keepEnded ?? 7 * DAY,
    keepClosed: options.keepClosed,
    clockGuard: options.clockGuard ?? SECOND,
    lookForSosw,
  };
};

/** An option of the other layout would be ignored, and its author would not know. */
const sayOfLayout = (options: DynamoDbStoreOptions, say: (name: string, problem: string) => void): void => {
  const { layout = 'greenfield', nativeTable }: { readonly layout?: unknown; readonly nativeTable?: unknown } = options;
  if (layout !== 'greenfield' && layout !== 'native') say('layout', `must be greenfield or native, not ${shown(layout)}`);
  if (nativeTable !== undefined && !(typeof nativeTable === 'string' && /^[\w.-]{3,255}$/.test(nativeTable)))
    say('nativeTable', `is no name of a table (3 to 255 letters, digits, '_', '.' and '-'), but ${shown(nativeTable)}`);
  if (layout === 'greenfield' && nativeTable !== undefined)
    say('nativeTable', "is of the native layout; add layout: 'native', or leave it out");
  if (layout === 'native') {
    for (const name of OF_GREENFIELD) if (options[name] !== undefined) say(name, 'is of the greenfield layout; leave it out');
  }
};

const shown = (value: unknown): string => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `a ${typeof value}`;
};
