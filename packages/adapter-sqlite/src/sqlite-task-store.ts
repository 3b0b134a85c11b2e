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
  type EpochMs,
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
  type Wrote,
} from '@reeve/core';
import { Opening } from './connection/opening.ts';
import type { Statements } from './connection/statements.ts';
import { bury } from './operator/bury.ts';
import { cancel } from './operator/cancel.ts';
import { redrive } from './operator/redrive.ts';
import { replace } from './operator/replace.ts';
import { type Settings, type SqliteStoreOptions, settingsOf } from './options.ts';
import { outbox } from './outbox/outbox.ts';
import { takeOut } from './outbox/take-out.ts';
import { census } from './reading/census.ts';
import { find } from './reading/find.ts';
import { list } from './reading/list.ts';
import { change } from './register/change.ts';
import { look } from './register/look.ts';
import { checkSizes, MAX_PAYLOAD_BYTES } from './verbs/check-sizes.ts';
import { claim } from './verbs/claim.ts';
import { Cuts } from './verbs/cuts.ts';
import { labourersWithDue } from './verbs/due.ts';
import { enqueue } from './verbs/enqueue.ts';
import { expired } from './verbs/expired.ts';
import { maintain } from './verbs/maintain.ts';
import { renew } from './verbs/renew.ts';
import { reap, settle } from './verbs/settle.ts';

/**
 * Tasks in one SQLite file, shared by any number of processes of one machine. HOW_IT_WORKS.md has the tables and the SQL.
 *
 * Every call may throw a ReeveError: STORE_NOT_OPEN, STORE_IN_TRANSACTION (input); STORE_BUSY, STORE_FULL, STORE_FAILED
 * (unavailable); STORE_READ_ONLY, STORE_FILE_FOREIGN (config); STORE_FILE_DAMAGED (contract).
 */
export class SqliteTaskStore implements TaskStore, TaskReader, Operator, Register, Outbox, Lifecycle {
  readonly capabilities: StoreCapabilities;
  readonly #clock: Clock;
  readonly #settings: Settings;
  readonly #opening: Opening;
  #cuts = new Cuts();

  /**
   * Opens nothing yet: `start` does.
   * @throws ReeveError INVALID_SQLITE_STORE that lists all that is wrong
   */
  constructor(options: SqliteStoreOptions) {
    this.#settings = settingsOf(options);
    this.#clock = options.clock ?? systemClock;
    this.#opening = new Opening(options, this.#settings, this.#clock);
    const onDisk = this.#settings.synchronous === 'FULL' ? 'power' : 'process';
    this.capabilities = {
      name: 'sqlite',
      clock: 'process',
      survives: options.file === ':memory:' || options.database?.memory ? 'nothing' : onDisk,
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      clockGuard: 0, // all processes are on the one machine that has the file, and read its one clock
    };
  }

  /** A store that is open. Throws as the constructor and `start` do. */
  static async open(options: SqliteStoreOptions): Promise<SqliteTaskStore> {
    const store = new SqliteTaskStore(options);
    await store.start();
    return store;
  }

  /**
   * Opens the file and brings its schema up to date. When it is open already, nothing happens.
   * @throws ReeveError STORE_FILE_UNUSABLE, STORE_FILE_FOREIGN, STORE_READ_ONLY, SCHEMA_TOO_NEW (config), STORE_BUSY (unavailable)
   */
  start(): Promise<void> {
    return this.#opening.start();
  }

  close(): Promise<void> {
    return this.#opening.close();
  }

  async enqueue(tasks: readonly NewTask[]): Promise<readonly ('created' | 'duplicate')[]> {
    if (tasks.length === 0) return [];
    checkSizes('tasks', tasks);
    return this.#write((statements, now) => enqueue(statements, tasks, now));
  }

  async labourersWithDue(labourers: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#read((statements, now) => labourersWithDue(statements, labourers, now));
  }

  async claim(request: ClaimRequest): Promise<ClaimAnswer> {
    return this.#write((statements, now) => claim(statements, request, now));
  }

  async settle(verdicts: readonly Verdict[]): Promise<readonly Outcome[]> {
    if (verdicts.length === 0) return [];
    return this.#write((statements, now) => settle(statements, verdicts, now));
  }

  async exchange(verdicts: readonly Verdict[], request: ClaimRequest): Promise<ExchangeAnswer> {
    return this.#write((statements, now) => ({ outcomes: settle(statements, verdicts, now), ...claim(statements, request, now) }));
  }

  async renew(renewals: readonly Renewal[]): Promise<readonly RenewOutcome[]> {
    if (renewals.length === 0) return [];
    return this.#write((statements, now) => renew(statements, renewals, now));
  }

  async expired(labourers: readonly string[], limit: number): Promise<readonly Lease[]> {
    return this.#read((statements, now) => expired(statements, labourers, limit, now));
  }

  async reap(verdicts: readonly ExpiryVerdict[]): Promise<readonly Outcome[]> {
    if (verdicts.length === 0) return [];
    return this.#write((statements, now) => reap(statements, verdicts, now));
  }

  /** By count of more than 10,000 completed ones, what is to be kept is counted every 10 minutes only. */
  async maintain(labourers: readonly string[], retention: ReadonlyMap<string, Retention> = new Map()): Promise<MaintenanceReport> {
    const { keepEnded } = this.#settings;
    const [report, cuts] = await this.#write((statements, now) => {
      const found = this.#cuts.begin();
      return [maintain(statements, { labourers, retention, keepEnded, cuts: found }, now), found.forNext()] as const;
    });
    this.#cuts = cuts;
    return report;
  }

  async find(key: TaskKey): Promise<TaskRecord | undefined> {
    return this.#read((statements) => find(statements, key));
  }

  /** @throws ReeveError INVALID_LIMIT, INVALID_CURSOR (input), besides those of every call */
  async list(query: ListQuery): Promise<TaskPage> {
    return this.#read((statements) => list(statements, query));
  }

  /** Counts up to 100,000 of each kind; beyond it says `atLeast`. */
  async census(labourers: readonly string[]): Promise<readonly Census[]> {
    return this.#read((statements, now) => census(statements, labourers, now));
  }

  async cancel(keys: readonly TaskKey[]): Promise<readonly CancelOutcome[]> {
    if (keys.length === 0) return [];
    return this.#write((statements, now) => cancel(statements, keys, now));
  }

  async bury(burials: readonly Burial[]): Promise<readonly BuryOutcome[]> {
    if (burials.length === 0) return [];
    return this.#write((statements, now) => bury(statements, burials, now));
  }

  async redrive(redrives: readonly Redrive[]): Promise<readonly RedriveOutcome[]> {
    if (redrives.length === 0) return [];
    return this.#write((statements, now) => redrive(statements, redrives, now));
  }

  async replace(replacements: readonly Replacement[]): Promise<readonly ReplaceOutcome[]> {
    if (replacements.length === 0) return [];
    checkSizes('replacements', replacements);
    return this.#write((statements) => replace(statements, replacements));
  }

  /** @throws ReeveError INVALID_REGISTER (input), besides those of every call */
  async look(names: readonly string[]): Promise<Looked> {
    checkNames(names);
    return this.#read((statements, now) => look(statements, names, now));
  }

  /** @throws ReeveError INVALID_REGISTER (input), besides those of every call */
  async change(changes: readonly Change[]): Promise<Wrote> {
    checkChanges(changes);
    return this.#write((statements, now) => change(statements, changes, now));
  }

  async outbox(labourers: readonly string[], limit: number): Promise<readonly End[]> {
    return this.#read((statements) => outbox(statements, labourers, limit));
  }

  async takeOut(ends: readonly EndRef[]): Promise<void> {
    if (ends.length === 0) return;
    await this.#write((statements) => takeOut(statements, ends));
  }

  /** The instant is read inside: after the wait for the lock, not before it. */
  #write<T>(body: (statements: Statements, now: EpochMs) => T): Promise<T> {
    return this.#opening.connection.write((statements) => body(statements, this.#clock.now()));
  }

  #read<T>(body: (statements: Statements, now: EpochMs) => T): Promise<T> {
    return this.#opening.connection.read((statements) => body(statements, this.#clock.now()));
  }
}
