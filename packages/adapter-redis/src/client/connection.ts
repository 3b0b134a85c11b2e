import { ReeveError } from '@reeve/core';
import type { Keys } from '../keys.ts';
import { RAISE } from '../lua/raise.ts';
import type { RedisStoreOptions, Settings } from '../options.ts';
import { checkServers } from './checks.ts';
import { closeClient, ownClient, type RedisClient } from './client.ts';
import { redisFault } from './faults.ts';
import { Scripts, scriptOf } from './scripts.ts';

/** Which layout of keys this version writes. */
const SCHEMA = 3;

const RAISE_SCRIPT = scriptOf('start', RAISE);

/** The client, from its opening to its end. A given one is used as it is, and left alone in the end. */
export class Connection {
  readonly scripts: Scripts;
  readonly #options: RedisStoreOptions;
  readonly #settings: Settings;
  readonly #keys: Keys;
  #client: RedisClient;
  #problem: Error | undefined;
  #opening: Promise<void> | undefined;
  #isOpen = false;

  constructor(options: RedisStoreOptions, settings: Settings, keys: Keys) {
    this.#options = options;
    this.#settings = settings;
    this.#keys = keys;
    this.#client = this.#makeClient();
    this.scripts = new Scripts({ client: () => this.#client, waitFor: settings.waitFor, now: options.now, lastError: () => this.#problem });
  }

  get client(): RedisClient {
    return this.#client;
  }

  /** Callers that arrive while it is under way share it; after a failure the next call tries anew. */
  open(): Promise<void> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw redisFault(error, 'start', this.#problem);
    });
    return this.#opening;
  }

  /** @throws ReeveError STORE_NOT_OPEN */
  assertOpen(): void {
    if (this.#isOpen) return;
    throw new ReeveError({
      kind: 'input',
      code: 'STORE_NOT_OPEN',
      message: 'the Redis store is not open; call start() first, and nothing after close()',
    });
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => {});
    this.#opening = undefined;
    this.#isOpen = false;
    if (this.#isOwn) await closeClient(this.#client);
  }

  get #isOwn(): boolean {
    return this.#options.client === undefined;
  }

  async #open(): Promise<void> {
    // One that was closed, or could not connect, does not come back by itself.
    if (this.#isOwn && this.#client.status !== 'wait') this.#client = this.#makeClient();
    try {
      if (this.#client.status === 'wait') await this.#client.connect();
      await checkServers(this.#client, this.#settings.evictionPolicy);
      await this.#checkSchema();
      this.#isOpen = true;
    } catch (error) {
      if (this.#isOwn) await closeClient(this.#client);
      throw error;
    }
  }

  async #checkSchema(): Promise<void> {
    const { schema } = this.#keys;
    // Read first: a server whose memory is full takes no key more, and can still be worked empty.
    const kept =
      (await this.#client.get(schema)) ?? ((await this.#client.setnx(schema, SCHEMA)) === 1 ? SCHEMA : await this.#client.get(schema));
    const version = Number(kept);
    if (version === SCHEMA) return;
    if (version >= 1 && version < SCHEMA) {
      // Without a wait for replicas: whoever starts after a failover that lost it says it again.
      await this.scripts.read(RAISE_SCRIPT, [schema], [SCHEMA]);
      return;
    }
    if (!(version > SCHEMA))
      throw new ReeveError({
        kind: 'config',
        code: 'STORE_KEY_FOREIGN',
        message: `${schema}: its value is no layout of keys, so it belongs to another program; give Reeve a prefix of its own`,
      });
    throw new ReeveError({
      kind: 'config',
      code: 'SCHEMA_TOO_NEW',
      message: `${schema}: the keys have layout ${version}, this @reeve/adapter-redis knows ${SCHEMA}; install the newer one here as well`,
    });
  }

  #makeClient(): RedisClient {
    if (this.#options.client) return this.#options.client;
    const client = ownClient(this.#options.url ?? '');
    // Calls report what is wrong by themselves; without somebody who listens, ioredis would write to the console.
    client.on('error', (error: Error) => {
      this.#problem = error;
    });
    client.on('ready', () => {
      this.#problem = undefined;
    });
    return client;
  }
}
