import { type Clock, configFault, type Millis, type Problem } from '@reeve/core';
import type { TlsOptions } from './client/connections.ts';
import { rangeProblem } from './guard/address-guard.ts';
import type { Resolve } from './guard/guarded-lookup.ts';
import { readHost } from './guard/hosts.ts';
import { type Secrets, secretsProblems } from './signature/keyring.ts';

export interface HttpInvokerOptions {
  /** What requests are signed with. */
  readonly secrets: Secrets;
  /** The hosts that may be asked: `api.example.org`, `*.example.org`, either with a port. Absent: any whose addresses are public. */
  readonly allow?: readonly string[];
  /** The hosts that may be asked by plain http. They need not stand in `allow`. Default none. */
  readonly allowHttp?: readonly string[];
  /** Ranges of addresses that may be connected to though they are not public: `10.1.0.0/16`. Default none. */
  readonly allowPrivate?: readonly string[];
  /** The longest until a connection stands, looking up the host and TLS included, in milliseconds. Default 3000. */
  readonly connectTimeout?: Millis;
  /** The longest from then on until the answer is here, in milliseconds. Default, and at most: the duration of the labourer's lease. */
  readonly timeout?: Millis;
  /** The longest answer of an endpoint, in bytes. Default 256 KiB. */
  readonly maxResponseBytes?: number;
  /** The most calls under way at once for one labourer. Default 100. */
  readonly parallelism?: number;
  /** Where workers report that were answered for with 202: told to them in the header `reeve-report-to`. */
  readonly reportTo?: string;
  /** Whose certificates are believed, and a certificate of one's own. */
  readonly tls?: TlsOptions;
  /** How a host is looked up. Default: as the system does. */
  readonly resolve?: Resolve;
  /** Default: that of the composition, or this machine's. */
  readonly clock?: Pick<Clock, 'now' | 'sleep'>;
}

const NAMES: readonly (keyof HttpInvokerOptions)[] = [
  'secrets',
  'allow',
  'allowHttp',
  'allowPrivate',
  'connectTimeout',
  'timeout',
  'maxResponseBytes',
  'parallelism',
  'reportTo',
  'tls',
  'resolve',
  'clock',
];
const WHOLE = ['connectTimeout', 'timeout', 'maxResponseBytes', 'parallelism'] as const;
const TLS_NAMES: readonly string[] = ['ca', 'cert', 'key'];

/** What Node can count to; it takes a longer wait for none at all. */
const MOST = 2 ** 31 - 1;

export const DEFAULTS: { readonly connectTimeout: Millis; readonly maxResponseBytes: number; readonly parallelism: number } = {
  connectTimeout: 3_000,
  maxResponseBytes: 256 * 1024,
  parallelism: 100,
};

/** @throws ReeveError INVALID_HTTP_INVOKER that lists all that is wrong */
export const checkOptions = (options: HttpInvokerOptions): void => {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const problems: Problem[] = [];
  const say = (name: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push({ path: `httpInvoker.${name}`, problem });
  };
  for (const name of Object.keys(given)) {
    if (!NAMES.some((known) => known === name)) say(name, `is not an option; there are ${NAMES.join(', ')}`);
  }
  problems.push(...secretsProblems(given['secrets'], 'httpInvoker.secrets'));
  for (const name of ['allow', 'allowHttp'] as const) for (const [path, each] of entries(given, name)) say(path, hostProblem(each));
  for (const [path, each] of entries(given, 'allowPrivate')) say(path, rangeProblem(each));
  for (const name of WHOLE) if (given[name] !== undefined) say(name, wholeProblem(given[name]));
  say('reportTo', addressProblem(given['reportTo']));
  say('resolve', functionProblem(given['resolve']));
  say('tls', tlsProblem(given['tls']));
  say('clock', clockProblem(given['clock']));
  if (problems.length > 0) throw configFault(problems, 'The HTTP invoker cannot work:', 'INVALID_HTTP_INVOKER');
};

/** The entries of a list by their paths; where there is no list, a single one that is none of what is asked for. */
const entries = (given: Readonly<Record<string, unknown>>, name: string): readonly (readonly [path: string, each: unknown])[] => {
  const list = given[name];
  if (list === undefined) return [];
  return Array.isArray(list) ? list.map((each, n) => [`${name}[${n}]`, each] as const) : [[name, {}]];
};

const hostProblem = (text: unknown): string | undefined => {
  const read = readHost(text);
  return typeof read === 'string' ? read : undefined;
};

export const isWhole = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MOST;

export const wholeProblem = (value: unknown): string | undefined =>
  isWhole(value) ? undefined : `must be a whole number from 1 to ${MOST}, not ${shown(value)}`;

const addressProblem = (value: unknown): string | undefined => {
  const remedy = 'give one such as https://reeve.example.org/reports';
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^https?:\/\/[\x21-\x7e]+$/i.test(value) || !URL.canParse(value)) return `is no web address; ${remedy}`;
  const { username, password } = new URL(value);
  return username === '' && password === '' ? undefined : `has a user or password in it, which every endpoint would be told; ${remedy}`;
};

const functionProblem = (value: unknown): string | undefined =>
  value === undefined || typeof value === 'function'
    ? undefined
    : `is no function, but ${shown(value)}; give (host) => Promise of addresses`;

const tlsProblem = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null) return `is no object, but ${shown(value)}; give { ca, cert, key }`;
  const foreign = Object.keys(value).filter((name) => !TLS_NAMES.includes(name));
  return foreign.length === 0 ? undefined : `has ${foreign.join(', ')}; there are ca, cert and key, and certificates are always looked at`;
};

const clockProblem = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  const { now, sleep } = (value ?? {}) as { readonly now?: unknown; readonly sleep?: unknown };
  return typeof now === 'function' && typeof sleep === 'function' ? undefined : 'is no clock; give one with now and sleep, or leave it out';
};

export const shown = (value: unknown): string => {
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : typeof value;
};
