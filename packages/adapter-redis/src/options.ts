import { type Clock, configFault, DAY, type Millis, type Problem } from '@reeve/core';
import type { RedisClient } from './client/client.ts';
import type { WaitFor } from './client/scripts.ts';

export interface RedisModuleOptions {
  /** "redis://127.0.0.1:6379", "rediss://user:password@host:6380/1" for TLS. */
  readonly url?: string;
  /** Instead of `url`: a client of your own, a Redis or a Cluster of ioredis. It is never closed; its retries are its own matter. */
  readonly client?: RedisClient;
  /** What every key begins with. Default "reeve". */
  readonly prefix?: string;
  /** How long the id of an ended task is known, so that enqueueing it again is a duplicate. In milliseconds; default a day. */
  readonly keepEnded?: Millis;
  /** How many completed tasks, and how many dead ones, of each labourer are kept whole. Default 100,000. */
  readonly keepHistory?: number;
  /** An eviction policy that is accepted beside `noeviction`, by its name. */
  readonly evictionPolicy?: string;
  /** Writes are answered once so many replicas have them. Default: the primary's word is enough. */
  readonly waitFor?: WaitFor;
}

export type RedisStoreOptions = RedisModuleOptions & {
  /** Default `systemClock`. What it is for: the pauses before listening again. Instants are the server's own. */
  readonly clock?: Clock;
  /**
   * For tests: stands in for the server's clock, in milliseconds since 1970. Every process of one store has to have it, or none.
   * @internal
   */
  readonly now?: () => number;
};

export interface Settings {
  readonly prefix: string;
  readonly keepEnded: Millis;
  readonly keepHistory: number;
  readonly evictionPolicy: string | undefined;
  readonly waitFor: WaitFor | undefined;
}

const NAMES = 'url client prefix keepEnded keepHistory evictionPolicy waitFor clock now'.split(' ');

/** @throws ReeveError INVALID_REDIS_STORE that lists all that is wrong */
export const settingsOf = (options: RedisStoreOptions): Settings => {
  const problems: Problem[] = [];
  const say = (name: string, problem: string): void => void problems.push({ path: `redisStore.${name}`, problem });
  for (const name of Object.keys(options)) if (!NAMES.includes(name)) say(name, `is not an option; there are ${NAMES.join(', ')}`);
  checkServer(options, say);
  const { prefix = 'reeve', keepEnded = DAY, keepHistory = 100_000, evictionPolicy, waitFor } = options;
  if (typeof prefix !== 'string' || !/^[^{}\s\p{C}]{1,64}$/u.test(prefix))
    say('prefix', `must be 1 to 64 characters without braces, blanks or control characters, not ${shown(prefix)}`);
  if (!isCount(keepEnded)) say('keepEnded', `must be a whole number of milliseconds, 0 or more, not ${shown(keepEnded)}`);
  if (!isCount(keepHistory)) say('keepHistory', `must be a whole number, 0 or more, not ${shown(keepHistory)}`);
  if (evictionPolicy !== undefined && typeof evictionPolicy !== 'string')
    say('evictionPolicy', `must be the name of a policy, such as "volatile-lru", not ${shown(evictionPolicy)}`);
  if (waitFor !== undefined && !(isCount(waitFor?.replicas) && waitFor.replicas > 0 && isCount(waitFor.timeout) && waitFor.timeout > 0))
    say('waitFor', 'must be { replicas, timeout }: how many, 1 or more, and for how many milliseconds, 1 or more');
  if (problems.length > 0) throw configFault(problems, 'The Redis store cannot work:', 'INVALID_REDIS_STORE');
  return { prefix, keepEnded, keepHistory, evictionPolicy, waitFor };
};

const checkServer = ({ url, client }: RedisStoreOptions, say: (name: string, problem: string) => void): void => {
  if (url !== undefined && client !== undefined) say('url', 'is given beside a client; leave one of them out');
  else if (client !== undefined) checkClient(client, say);
  else if (url === undefined) say('url', 'is missing; give one like "redis://127.0.0.1:6379", or a client');
  else if (typeof url !== 'string' || !/^rediss?:\/\//.test(url) || !URL.canParse(url))
    say('url', 'is no address of a Redis; give one like "redis://127.0.0.1:6379", or "rediss://..." for TLS'); // not repeated: it may hold a password
};

const checkClient = (client: unknown, say: (name: string, problem: string) => void): void => {
  const { evalsha, options } = (client ?? {}) as { readonly evalsha?: unknown; readonly options?: { readonly keyPrefix?: unknown } };
  if (typeof evalsha !== 'function') say('client', 'is no client of ioredis; give a Redis or a Cluster');
  else if (options?.keyPrefix) say('client', 'has a keyPrefix; leave it out there, and give the store a prefix instead');
};

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const shown = (value: unknown): string => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `a ${typeof value}`;
};
