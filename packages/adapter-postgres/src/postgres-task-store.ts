import {
  type Burial,
  type BuryOutcome,
  type CancelOutcome,
  type Census,
  type Change,
  type ClaimAnswer,
  type ClaimRequest,
  type Clock,
  checkChanges,
  checkNames,
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
import type { Database } from './connection/database.ts';
import { Opening } from './connection/opening.ts';
import { type PostgresStoreOptions, type Settings, settingsOf } from './options.ts';
import { census } from './reading/census.ts';
import { find } from './reading/find.ts';
import { list } from './reading/list.ts';
import type { SchemaName } from './schema/names.ts';
import { claim } from './verbs/claim.ts';
import { labourersWithDue } from './verbs/due.ts';
import { checkTasks, checkTexts, enqueuePage, MAX_PAYLOAD_BYTES } from './verbs/enqueue.ts';
import { EnqueueQueue } from './verbs/enqueue-queue.ts';
import { expired } from './verbs/expired.ts';
import { Hints } from './verbs/hints.ts';
import { Countings, maintain } from './verbs/maintain.ts';
import { bury, cancel, redrive, replace } from './verbs/operate.ts';
import { outbox, takeOut } from './verbs/outbox.ts';
import { change, look } from './verbs/register.ts';
import { renew } from './verbs/renew.ts';
import { exchange, settle } from './verbs/settle.ts';
import { listenerOf } from './waking/listener-of.ts';

/**
 * Tasks in a schema of a Postgres database, shared by any number of processes. HOW_IT_WORKS.md has the tables and the SQL.
 *
 * Every call may throw a ReeveError: STORE_NOT_OPEN, STORE_REFUSED (input); STORE_UNREACHABLE, STORE_BUSY, STORE_FULL, STORE_FAILED
 * (unavailable); STORE_DENIED, STORE_READ_ONLY, SCHEMA_MISSING (config).
 */
export class PostgresTaskStore implements TaskStore, TaskReader, Operator, Register, Outbox, Lifecycle, WakeUps {
  readonly #settings: Settings;
  readonly #opening: Opening;
  readonly #hints: Hints;
  readonly #enqueues: EnqueueQueue;
  readonly #countings: Countings;
  readonly #listener: ReturnType<typeof listenerOf>;

  /**
   * Opens nothing yet: `start` does.
   * @throws ReeveError INVALID_POSTGRES_STORE that lists all that is wrong
   */
  constructor(options: PostgresStoreOptions = {}) {
    const clock: Clock = options.clock ?? systemClock;
    this.#settings = settingsOf(options);
    this.#opening = new Opening(options, this.#settings);
    this.#hints = new Hints(clock);
    this.#countings = new Countings(clock);
    this.#enqueues = new EnqueueQueue((tasks) => enqueuePage(this.#database, this.#schema, tasks));
    this.#listener = listenerOf(this.#settings, options.pool, clock);
  }

  /** A store that is open. Throws as the constructor and `start` do. */
  static async open(options: PostgresStoreOptions = {}): Promise<PostgresTaskStore> {
    const store = new PostgresTaskStore(options);
    await store.start();
    return store;
  }

  get capabilities(): StoreCapabilities {
    return {
      name: 'postgres',
      clock: 'server',
      survives: this.#opening.durable ? 'power' : 'process',
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      clockGuard: 0,
      exchangesAtOnce: 2,
    };
  }

  /**
   * Connects and brings the schema up to date. When it is open already, nothing happens.
   * @throws ReeveError SCHEMA_TOO_NEW, SCHEMA_FOREIGN, SCHEMA_MISSING, STORE_UNSUITED, STORE_DENIED (config), STORE_UNREACHABLE
   */
  start(): Promise<void> {
    return this.#opening.start();
  }

  async close(): Promise<void> {
    await this.#listener.close();
    await this.#opening.close();
  }

  /** Calls that are under way together share statements. A call of more than 1,000 tasks is several. */
  async enqueue(tasks: readonly NewTask[]): Promise<readonly ('created' | 'duplicate')[]> {
    if (tasks.length === 0) return [];
    checkTasks(tasks);
    return this.#enqueues.add(tasks);
  }

  async labourersWithDue(labourers: readonly string[]): Promise<ReadonlySet<string>> {
    return labourersWithDue(this.#database, this.#schema, labourers);
  }

  async claim(request: ClaimRequest): Promise<ClaimAnswer> {
    return claim(this.#database, this.#schema, request, this.#hints);
  }

  async settle(verdicts: readonly Verdict[]): Promise<readonly Outcome[]> {
    return settle(this.#database, this.#schema, verdicts, this.#hints, false);
  }

  async exchange(verdicts: readonly Verdict[], request: ClaimRequest): Promise<ExchangeAnswer> {
    return exchange(this.#database, this.#schema, verdicts, request, { hints: this.#hints, keeps: this.#settings.keepEnded > 0 });
  }

  async renew(renewals: readonly Renewal[]): Promise<readonly RenewOutcome[]> {
    return renew(this.#database, this.#schema, renewals, this.#hints);
  }

  async expired(labourers: readonly string[], limit: number): Promise<readonly Lease[]> {
    return expired(this.#database, this.#schema, labourers, limit);
  }

  async reap(verdicts: readonly ExpiryVerdict[]): Promise<readonly Outcome[]> {
    return settle(this.#database, this.#schema, verdicts, this.#hints, true);
  }

  /** Counts above 10,000 are looked at every 10 minutes. */
  async maintain(labourers: readonly string[], retention?: ReadonlyMap<string, Retention>): Promise<MaintenanceReport> {
    const { keepEnded } = this.#settings;
    return maintain(this.#database, this.#schema, labourers, { keepEnded, retention, countings: this.#countings });
  }

  async find(key: TaskKey): Promise<TaskRecord | undefined> {
    return find(this.#database, this.#schema, key);
  }

  /** @throws ReeveError INVALID_LIMIT, INVALID_CURSOR (input), besides those of every call */
  async list(query: ListQuery): Promise<TaskPage> {
    return list(this.#database, this.#schema, query);
  }

  /** Counts up to 100,000 of each kind; beyond it says `atLeast`. */
  async census(labourers: readonly string[]): Promise<readonly Census[]> {
    return census(this.#database, this.#schema, labourers);
  }

  async cancel(keys: readonly TaskKey[]): Promise<readonly CancelOutcome[]> {
    return cancel(this.#database, this.#schema, keys);
  }

  async bury(burials: readonly Burial[]): Promise<readonly BuryOutcome[]> {
    return bury(this.#database, this.#schema, burials);
  }

  async redrive(redrives: readonly Redrive[]): Promise<readonly RedriveOutcome[]> {
    return redrive(this.#database, this.#schema, redrives);
  }

  /** @throws ReeveError PAYLOAD_TOO_LARGE, STORE_REFUSED (input), besides those of every call */
  async replace(replacements: readonly Replacement[]): Promise<readonly ReplaceOutcome[]> {
    for (const [n, each] of replacements.entries()) checkTexts(each, `replacements[${n}]`);
    return replace(this.#database, this.#schema, replacements);
  }

  /** @throws ReeveError INVALID_REGISTER (input), besides those of every call */
  async look(names: readonly string[]): Promise<Looked> {
    checkNames(names);
    return look(this.#database, this.#schema, names);
  }

  /** @throws ReeveError INVALID_REGISTER (input), besides those of every call */
  async change(changes: readonly Change[]): Promise<Wrote> {
    checkChanges(changes);
    return change(this.#database, this.#schema, changes);
  }

  async outbox(labourers: readonly string[], limit: number): Promise<readonly End[]> {
    return outbox(this.#database, this.#schema, labourers, limit);
  }

  async takeOut(ends: readonly EndRef[]): Promise<void> {
    return takeOut(this.#database, this.#schema, ends);
  }

  /** Hears of work that other processes enqueue and of places they free. Where it cannot, polling finds the same. */
  listen(labourers: readonly string[], heard: (labourer: string) => void): Promise<() => Promise<void>> {
    return this.#listener.listen(labourers, heard);
  }

  /** @throws ReeveError STORE_NOT_OPEN */
  get #database(): Database {
    return this.#opening.database;
  }

  get #schema(): SchemaName {
    return this.#settings.schema;
  }
}
