/** What is looked at before the store is used: nothing of it can be mended later. */
import { ReeveError } from '@reeve/core';
import { mastersOf, type RedisClient } from './client.ts';

const OLDEST: readonly [major: number, minor: number] = [6, 2];

/** The lines of INFO, as far as this user may see them. */
const infoOf = async (client: { info(): Promise<string> }): Promise<ReadonlyMap<string, string>> => {
  try {
    const lines = (await client.info()).split(/\r?\n/).filter((line) => line.includes(':'));
    return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
  } catch (error) {
    if (error instanceof Error && /NOPERM|unknown command/i.test(error.message)) return new Map();
    throw error;
  }
};

/**
 * Every primary is asked by INFO, which is open where CONFIG is forbidden. What it does not tell is not held against it.
 * @param accepted an eviction policy that is taken beside `noeviction`
 * @throws ReeveError STORE_TOO_OLD, STORE_EVICTS, STORE_READ_ONLY
 */
export const checkServers = async (client: RedisClient, accepted: string | undefined): Promise<void> => {
  for (const master of mastersOf(client)) {
    const info = await infoOf(master);
    checkVersion(info);
    checkEviction(info.get('maxmemory_policy') ?? (await policyByConfig(master)), accepted);
    if (info.get('role') === 'slave' && info.get('slave_read_only') !== '0')
      throw fault('STORE_READ_ONLY', 'this Redis is a replica and takes no writes; connect to the primary');
  }
};

const checkVersion = (info: ReadonlyMap<string, string>): void => {
  if (info.has('valkey_version')) return; // every Valkey is new enough; what it calls redis_version is for old clients
  const version = info.get('redis_version');
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (version === undefined || major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw fault('STORE_TOO_OLD', `the server is Redis ${version}; this store needs ${OLDEST.join('.')} or later, or Valkey`);
};

const checkEviction = (policy: string | undefined, accepted: string | undefined): void => {
  if (policy === undefined || policy === 'noeviction' || policy === accepted) return;
  throw fault(
    'STORE_EVICTS',
    `the server's maxmemory-policy is ${policy}: when memory is short it would throw tasks away; set it to noeviction, or accept it by name with evictionPolicy: ${JSON.stringify(policy)}`,
  );
};

const policyByConfig = async (client: { config(what: 'GET', name: string): Promise<unknown> }): Promise<string | undefined> => {
  try {
    const answer = await client.config('GET', 'maxmemory-policy');
    const policy: unknown = Array.isArray(answer) ? answer[1] : undefined;
    return typeof policy === 'string' ? policy : undefined;
  } catch {
    return undefined; // hidden by whoever runs it
  }
};

const fault = (code: string, message: string): ReeveError => new ReeveError({ kind: 'config', code, message });
