import {
  type Burial,
  type BuryOutcome,
  type CancelOutcome,
  type Census,
  type Change,
  type ClaimAnswer,
  type ClaimRequest,
  type End,
  type EndRef,
  type ExchangeAnswer,
  type ExpiryVerdict,
  type Lease,
  type Lifecycle,
  type ListQuery,
  type Looked,
  type MaintenanceReport,
  type NewTask,
  type Operator,
  type Outbox,
  type Outcome,
  type Redrive,
  type RedriveOutcome,
  type Register,
  type Renewal,
  type RenewOutcome,
  type Replacement,
  type ReplaceOutcome,
  type Retention,
  type StoreCapabilities,
  systemClock,
  type TaskKey,
  type TaskPage,
  type TaskReader,
  type TaskRecord,
  type TaskStore,
  type Verdict,
  type WakeUps,
  type Wrote,
} from '@reeve/core';
import { Connection } from './client/connection.ts';
import { Keys } from './keys.ts';
import { type RedisStoreOptions, type Settings, settingsOf } from './options.ts';
import { census } from './reading/census.ts';
import { find } from './reading/find.ts';
import { list } from './reading/list.ts';
import { MAX_PAYLOAD_BYTES } from './verbs/check-tasks.ts';
import { labourersWithDue } from './verbs/due.ts';
import { EnqueueQueue } from './verbs/enqueue-queue.ts';
import { claim, exchange, reap, settle } from './verbs/exchange.ts';
import { expired } from './verbs/expired.ts';
import { maintain } from './verbs/maintain.ts';
import { bury, cancel, redrive, replace } from './verbs/operator.ts';
import { outbox, takeOut } from './verbs/outbox.ts';
import type { Parts } from './verbs/parts.ts';
import { change, look } from './verbs/register.ts';
import { renew } from './verbs/renew.ts';
import { Listener } from './wake-ups.ts';

/**
 * Tasks in Redis. HOW_IT_WORKS.md has the keys, the scripts, and why the cap holds.
 *
 * Every call may throw a ReeveError: STORE_NOT_OPEN (input), STORE_DENIED, STORE_KEY_FOREIGN (config), STORE_UNREACHABLE, STORE_FULL,
 * STORE_READ_ONLY, STORE_NOT_REPLICATED, STORE_FAILED (unavailable: what was asked may have happened; every verb may be repeated).
 */
export class RedisTaskStore implements TaskStore, TaskReader, Operator, Register, Outbox, Lifecycle, WakeUps {
  readonly capabilities: StoreCapabilities;
  readonly #settings: Settings;
  readonly #connection: Connection;
  readonly #parts: Parts;
  readonly #enqueues: EnqueueQueue;
  readonly #listener: Listener;

  /**
   * Connects to nothing yet: `start` does.
   * @throws ReeveError INVALID_REDIS_STORE that lists all that is wrong
   */
  constructor(options: RedisStoreOptions) {
    this.#settings = settingsOf(options);
    const { prefix, waitFor } = this.#settings;
    const keys = new Keys(prefix);
    this.#connection = new Connection(options, this.#settings, keys);
    this.#parts = { keys, scripts: this.#connection.scripts };
    this.#enqueues = new EnqueueQueue(this.#parts);
    this.#listener = new Listener({ client: () => this.#connection.client, keys, clock: options.clock ?? systemClock });
    this.capabilities = {
      name: 'redis',
      clock: 'server',
      survives: waitFor ? 'machine' : 'process',
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      clockGuard: 0,
      exchangesAtOnce: 2,
      leastPerExchange: 2,
    };
  }

  /** A store by hand, connected and checked. @throws ReeveError as the constructor and `start` do */
  static async open(options: RedisStoreOptions): Promise<RedisTaskStore> {
    const store = new RedisTaskStore(options);
    await store.start();
    return store;
  }

  /**
   * Connects, and looks whether the server will keep what it is given.
   * @throws ReeveError STORE_EVICTS, STORE_TOO_OLD, STORE_READ_ONLY, SCHEMA_TOO_NEW, and those of every call
   */
  start(): Promise<void> {
    return this.#connection.open();
  }

  /** Ends what it opened: its listeners, and its client unless that was given. */
  async close(): Promise<void> {
    await this.#listener.close();
    await this.#connection.close();
  }

  /** @throws ReeveError PAYLOAD_TOO_LARGE, STORE_REFUSED, STORE_BUSY, besides those of every call */
  async enqueue(tasks: readonly NewTask[]): Promise<readonly ('created' | 'duplicate')[]> {
    this.#connection.assertOpen();
    return this.#enqueues.enqueue(tasks);
  }

  async labourersWithDue(labourers: readonly string[]): Promise<ReadonlySet<string>> {
    this.#connection.assertOpen();
    return labourersWithDue(this.#parts, labourers);
  }

  async claim(request: ClaimRequest): Promise<ClaimAnswer> {
    this.#connection.assertOpen();
    return claim(this.#parts, request);
  }

  /** @throws ReeveError PAYLOAD_TOO_LARGE before anything is written, besides those of every call */
  async settle(verdicts: readonly Verdict[]): Promise<readonly Outcome[]> {
    this.#connection.assertOpen();
    return settle(this.#parts, verdicts);
  }

  /** @throws ReeveError PAYLOAD_TOO_LARGE before anything is written, besides those of every call */
  async exchange(verdicts: readonly Verdict[], request: ClaimRequest): Promise<ExchangeAnswer> {
    this.#connection.assertOpen();
    return exchange(this.#parts, verdicts, request);
  }

  async renew(renewals: readonly Renewal[]): Promise<readonly RenewOutcome[]> {
    this.#connection.assertOpen();
    return renew(this.#parts, renewals);
  }

  async expired(labourers: readonly string[], limit: number): Promise<readonly Lease[]> {
    this.#connection.assertOpen();
    return expired(this.#parts, labourers, limit);
  }

  async reap(verdicts: readonly ExpiryVerdict[]): Promise<readonly Outcome[]> {
    this.#connection.assertOpen();
    return reap(this.#parts, verdicts);
  }

  async maintain(labourers: readonly string[], retention?: ReadonlyMap<string, Retention>): Promise<MaintenanceReport> {
    this.#connection.assertOpen();
    return maintain(this.#parts, labourers, this.#settings, retention);
  }

  async find(key: TaskKey): Promise<TaskRecord | undefined> {
    this.#connection.assertOpen();
    return find(this.#parts, key);
  }

  /** @throws ReeveError INVALID_LIMIT, INVALID_CURSOR, besides those of every call */
  async list(query: ListQuery): Promise<TaskPage> {
    this.#connection.assertOpen();
    return list(this.#parts, query);
  }

  async census(labourers: readonly string[]): Promise<readonly Census[]> {
    this.#connection.assertOpen();
    return census(this.#parts, labourers);
  }

  async cancel(keys: readonly TaskKey[]): Promise<readonly CancelOutcome[]> {
    this.#connection.assertOpen();
    return cancel(this.#parts, keys);
  }

  async bury(burials: readonly Burial[]): Promise<readonly BuryOutcome[]> {
    this.#connection.assertOpen();
    return bury(this.#parts, burials);
  }

  /** @throws ReeveError STORE_REFUSED before anything is written, besides those of every call */
  async redrive(redrives: readonly Redrive[]): Promise<readonly RedriveOutcome[]> {
    this.#connection.assertOpen();
    return redrive(this.#parts, redrives);
  }

  /** @throws ReeveError PAYLOAD_TOO_LARGE, STORE_REFUSED before anything is written, besides those of every call */
  async replace(replacements: readonly Replacement[]): Promise<readonly ReplaceOutcome[]> {
    this.#connection.assertOpen();
    return replace(this.#parts, replacements);
  }

  /** @throws ReeveError INVALID_REGISTER, besides those of every call */
  async look(names: readonly string[]): Promise<Looked> {
    this.#connection.assertOpen();
    return look(this.#parts, names);
  }

  /** @throws ReeveError INVALID_REGISTER before anything is written, besides those of every call */
  async change(changes: readonly Change[]): Promise<Wrote> {
    this.#connection.assertOpen();
    return change(this.#parts, changes);
  }

  async outbox(labourers: readonly string[], limit: number): Promise<readonly End[]> {
    this.#connection.assertOpen();
    return outbox(this.#parts, labourers, limit);
  }

  async takeOut(ends: readonly EndRef[]): Promise<void> {
    this.#connection.assertOpen();
    await takeOut(this.#parts, ends);
  }

  /** @throws ReeveError STORE_UNREACHABLE, STORE_DENIED */
  async listen(labourers: readonly string[], heard: (labourer: string) => void): Promise<() => Promise<void>> {
    this.#connection.assertOpen();
    return this.#listener.listen(labourers, heard);
  }
}
