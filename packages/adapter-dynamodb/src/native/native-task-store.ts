import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type Burial,
  type BuryOutcome,
  type CancelOutcome,
  type Census,
  type Change,
  type ClaimAnswer,
  type ClaimRequest,
  type Clock,
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
  SECOND,
  type StoreCapabilities,
  systemChance,
  systemClock,
  type TaskKey,
  type TaskPage,
  type TaskReader,
  type TaskRecord,
  type TaskStore,
  type Verdict,
  type Wrote,
} from '@reeve/core';
import { countersOf } from '../client/counters.ts';
import { ownClient } from '../client/own-client.ts';
import { Requests } from '../client/requests.ts';
import { Hints } from '../ledger/hints.ts';
import { Ledger } from '../ledger/ledger.ts';
import { Marks } from '../ledger/marks.ts';
import { offerSide } from '../moving/side.ts';
import { type DynamoDbStoreOptions, type Settings, settingsOf } from '../options.ts';
import { ItemRegister } from '../register/register.ts';
import { createNativeTable } from '../tables/create-tables.ts';
import { verifyNativeTable } from '../tables/verify-tables.ts';
import { MAX_PAYLOAD_BYTES } from '../verbs/enqueue.ts';
import { ownId } from './codec/home-key.ts';
import { Addresses } from './enqueue/addresses.ts';
import { enqueue, placeFor } from './enqueue/enqueue.ts';
import { Lanes } from './enqueue/lanes.ts';
import { History } from './history/history.ts';
import { Lookout } from './lane/lookout.ts';
import { Priorities } from './lane/priorities.ts';
import { NativeSide } from './moving/native-side.ts';
import { bury, cancel, replace } from './operator/operator.ts';
import { redrive } from './operator/redrive.ts';
import { outbox, takeOut } from './outbox/outbox.ts';
import type { NativeParts } from './parts.ts';
import { census } from './reading/census.ts';
import { find } from './reading/find.ts';
import { list } from './reading/list.ts';
import { Keeps } from './retention/keeps.ts';
import { NativeShelf } from './shelf.ts';
import { claim } from './verbs/claim.ts';
import { labourersWithDue } from './verbs/due.ts';
import { expired } from './verbs/expired.ts';
import { NativeMaintenance } from './verbs/maintain.ts';
import { renew } from './verbs/renew.ts';
import { reap, settle } from './verbs/settle.ts';

/**
 * Tasks in a table of Reeve's own, which costs less than half of what sosw's tables do. HOW_IT_WORKS_NATIVE.md has the items, the
 * order of writes, and why the cap holds.
 *
 * Every call may throw a ReeveError: CREDENTIALS_MISSING, REGION_MISSING, STORE_DENIED, TABLES_MISMATCH (config) or
 * STORE_UNREACHABLE (unavailable: what was asked may have happened; every verb may be repeated).
 */
export class DynamoDbNativeTaskStore implements TaskStore, TaskReader, Operator, Register, Outbox, Lifecycle {
  readonly capabilities: StoreCapabilities;
  readonly #settings: Settings;
  readonly #client: DynamoDBClient;
  readonly #isOwn: boolean;
  readonly #parts: NativeParts;
  readonly #clock: Clock;
  readonly #lookout: Lookout;
  readonly #maintenance: NativeMaintenance;
  readonly #register: ItemRegister;

  /**
   * Asks nothing yet: `start` does.
   * @throws ReeveError INVALID_DYNAMODB_STORE that lists all that is wrong
   */
  constructor(options: DynamoDbStoreOptions = {}) {
    this.#settings = settingsOf({ layout: 'native', ...options });
    const { clock = systemClock, chance = systemChance, capOf = () => undefined, keepOf = () => undefined } = options;
    const { nativeTable, keepEnded, clockGuard } = this.#settings;
    this.#clock = clock;
    this.#isOwn = options.client === undefined;
    this.#client = options.client ?? ownClient(options);
    const requests = new Requests(this.#client, clock, chance);
    const shelf = new NativeShelf(nativeTable, requests);
    const counters = countersOf(chance);
    const keeps = new Keeps(keepEnded, keepOf);
    this.#parts = {
      requests,
      shelf,
      ledger: new Ledger(requests, shelf, capOf),
      hints: new Hints(requests, shelf, clock),
      marks: new Marks(requests, shelf),
      priorities: new Priorities(requests, shelf, clock),
      history: new History(requests, shelf, clock, keeps, counters.call),
      addresses: new Addresses(requests, nativeTable),
      lanes: new Lanes(requests, shelf, clock),
      clock,
      chance,
      guard: clockGuard,
      // Whoever enqueues has half of it for the write; the rest is for two clocks that differ by the guard, in either direction.
      window: 4 * clockGuard + SECOND,
      keeps,
      ...counters,
    };
    offerSide(this, new NativeSide(this.#parts));
    this.#lookout = new Lookout(this.#parts);
    this.#maintenance = new NativeMaintenance(this.#parts);
    this.#register = new ItemRegister(requests, shelf, clock, clockGuard);
    this.capabilities = { name: 'dynamodb-native', clock: 'process', survives: 'machine', maxPayloadBytes: MAX_PAYLOAD_BYTES, clockGuard };
  }

  /**
   * Makes or verifies the table, as `atStart` says.
   * @throws ReeveError TABLES_MISMATCH, TABLES_NOT_READY, and those of every call
   */
  async start(): Promise<void> {
    const { atStart, nativeTable } = this.#settings;
    if (atStart === 'create') await createNativeTable(this.#client, nativeTable, { clock: this.#clock });
    else if (atStart === 'verify') await verifyNativeTable(this.#client, nativeTable);
  }

  async close(): Promise<void> {
    if (this.#isOwn) this.#client.destroy();
  }

  /** An id that says where its task lives: one that is enqueued soon needs no item to keep the id unique. */
  newId(task: Pick<NewTask, 'labourer' | 'due'>): string | undefined {
    return ownId(placeFor(this.#parts, task));
  }

  /** @throws ReeveError PAYLOAD_TOO_LARGE, INVALID_TASK_ID, STORE_BUSY, besides those of every call */
  async enqueue(tasks: readonly NewTask[]): Promise<readonly ('created' | 'duplicate')[]> {
    return enqueue(this.#parts, tasks);
  }

  labourersWithDue(labourers: readonly string[]): Promise<ReadonlySet<string>> {
    return labourersWithDue(this.#parts, labourers);
  }

  claim(request: ClaimRequest): Promise<ClaimAnswer> {
    return claim(this.#parts, this.#lookout, request);
  }

  /** @throws ReeveError PAYLOAD_TOO_LARGE if a result does not fit beside the payload; the other verdicts of the call are decided all the same */
  settle(verdicts: readonly Verdict[]): Promise<readonly Outcome[]> {
    return settle(this.#parts, verdicts);
  }

  /** Two steps here: what a crash between them leaves is a settled task and a claim that was not made. */
  async exchange(verdicts: readonly Verdict[], request: ClaimRequest): Promise<ExchangeAnswer> {
    const outcomes = await this.settle(verdicts);
    return { outcomes, ...(await this.claim(request)) };
  }

  renew(renewals: readonly Renewal[]): Promise<readonly RenewOutcome[]> {
    return renew(this.#parts, renewals);
  }

  expired(labourers: readonly string[], limit: number): Promise<readonly Lease[]> {
    return expired(this.#parts, labourers, limit, (labourer, place) => this.#maintenance.isLeft(labourer, place));
  }

  reap(verdicts: readonly ExpiryVerdict[]): Promise<readonly Outcome[]> {
    return reap(this.#parts, verdicts);
  }

  maintain(labourers: readonly string[], retention?: ReadonlyMap<string, Retention>): Promise<MaintenanceReport> {
    return this.#maintenance.maintain(labourers, retention);
  }

  find(key: TaskKey): Promise<TaskRecord | undefined> {
    return find(this.#parts, key);
  }

  /** @throws ReeveError INVALID_LIMIT, INVALID_CURSOR, besides those of every call */
  list(query: ListQuery): Promise<TaskPage> {
    return list(this.#parts, query);
  }

  /** Counts up to 1,000 items of each kind; beyond it says `atLeast`. */
  census(labourers: readonly string[]): Promise<readonly Census[]> {
    return census(this.#parts, labourers);
  }

  /** @throws ReeveError STORE_BUSY, besides those of every call */
  cancel(keys: readonly TaskKey[]): Promise<readonly CancelOutcome[]> {
    return cancel(this.#parts, keys);
  }

  /** @throws ReeveError STORE_BUSY, besides those of every call */
  bury(burials: readonly Burial[]): Promise<readonly BuryOutcome[]> {
    return bury(this.#parts, burials);
  }

  /** @throws ReeveError STORE_BUSY, besides those of every call */
  redrive(redrives: readonly Redrive[]): Promise<readonly RedriveOutcome[]> {
    return redrive(this.#parts, redrives);
  }

  /** @throws ReeveError PAYLOAD_TOO_LARGE, STORE_BUSY, besides those of every call */
  replace(replacements: readonly Replacement[]): Promise<readonly ReplaceOutcome[]> {
    return replace(this.#parts, replacements);
  }

  outbox(labourers: readonly string[], limit: number): Promise<readonly End[]> {
    return outbox(this.#parts, labourers, limit);
  }

  takeOut(ends: readonly EndRef[]): Promise<void> {
    return takeOut(this.#parts, ends);
  }

  /** @throws ReeveError INVALID_REGISTER, besides those of every call */
  look(names: readonly string[]): Promise<Looked> {
    return this.#register.look(names);
  }

  /** @throws ReeveError INVALID_REGISTER, besides those of every call */
  change(changes: readonly Change[]): Promise<Wrote> {
    return this.#register.change(changes);
  }
}
