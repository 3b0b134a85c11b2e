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
import { countersOf } from './client/counters.ts';
import { ownClient } from './client/own-client.ts';
import { Requests } from './client/requests.ts';
import { Hints } from './ledger/hints.ts';
import { Ledger } from './ledger/ledger.ts';
import { Marks } from './ledger/marks.ts';
import { GreenfieldSide } from './moving/greenfield-side.ts';
import { offerSide } from './moving/side.ts';
import { bury, cancel, replace } from './operator/operator.ts';
import { redrive } from './operator/redrive.ts';
import { type DynamoDbStoreOptions, type Settings, settingsOf } from './options.ts';
import { outbox, takeOut } from './outbox/outbox.ts';
import { census } from './reading/census.ts';
import { find } from './reading/find.ts';
import { list } from './reading/list.ts';
import { ItemRegister } from './register/register.ts';
import { Layout } from './rows/layout.ts';
import { SoswLook } from './sosw/look.ts';
import { whose } from './sosw/whose.ts';
import { createTables } from './tables/create-tables.ts';
import { verifyTables } from './tables/verify-tables.ts';
import { claim } from './verbs/claim.ts';
import { DueLook } from './verbs/due.ts';
import { enqueue, MAX_PAYLOAD_BYTES } from './verbs/enqueue.ts';
import { expired } from './verbs/expired.ts';
import { Maintenance } from './verbs/maintain.ts';
import type { Parts } from './verbs/parts.ts';
import { Recent } from './verbs/recent.ts';
import { renew } from './verbs/renew.ts';
import { reap, settle } from './verbs/settle.ts';

/**
 * Tasks in sosw's greenfield tables. HOW_IT_WORKS.md has the rows, the order of writes, and why the cap holds.
 *
 * Every call may throw a ReeveError: CREDENTIALS_MISSING, REGION_MISSING, STORE_DENIED, TABLES_MISMATCH (config) or
 * STORE_UNREACHABLE (unavailable: what was asked may have happened; every verb may be repeated).
 */
export class DynamoDbTaskStore implements TaskStore, TaskReader, Operator, Register, Outbox, Lifecycle {
  readonly capabilities: StoreCapabilities;
  readonly #settings: Settings;
  readonly #client: DynamoDBClient;
  readonly #isOwn: boolean;
  readonly #parts: Parts;
  readonly #clock: Clock;
  readonly #due: DueLook;
  readonly #maintenance: Maintenance;
  readonly #recent = new Recent();
  readonly #register: ItemRegister;

  /**
   * Asks nothing yet: `start` does.
   * @throws ReeveError INVALID_DYNAMODB_STORE that lists all that is wrong
   */
  constructor(options: DynamoDbStoreOptions = {}) {
    this.#settings = settingsOf(options);
    const { clock = systemClock, chance = systemChance, capOf = () => undefined } = options;
    const { tables, keepEnded, keepClosed, clockGuard, lookForSosw } = this.#settings;
    this.#clock = clock;
    this.#isOwn = options.client === undefined;
    this.#client = options.client ?? ownClient(options);
    const layout = new Layout(tables);
    const requests = new Requests(this.#client, clock, chance);
    this.#parts = {
      requests,
      layout,
      ledger: new Ledger(requests, layout, capOf),
      hints: new Hints(requests, layout, clock),
      marks: new Marks(requests, layout),
      clock,
      guard: clockGuard,
      keepEnded,
      keepClosed,
      ...countersOf(chance),
    };
    this.#register = new ItemRegister(requests, layout, clock, clockGuard);
    offerSide(this, new GreenfieldSide(this.#parts));
    this.#due = new DueLook(this.#parts);
    this.#maintenance = new Maintenance(this.#parts, new SoswLook(this.#parts, lookForSosw));
    this.capabilities = { name: 'dynamodb', clock: 'process', survives: 'machine', maxPayloadBytes: MAX_PAYLOAD_BYTES, clockGuard };
  }

  /**
   * Makes or verifies the tables, as `atStart` says.
   * @throws ReeveError TABLES_MISMATCH, TABLES_NOT_READY, and those of every call
   */
  async start(): Promise<void> {
    const { atStart, tables } = this.#settings;
    if (atStart === 'create') await createTables(this.#client, tables, { clock: this.#clock });
    else if (atStart === 'verify') await verifyTables(this.#client, tables);
  }

  async close(): Promise<void> {
    if (this.#isOwn) this.#client.destroy();
  }

  /** @throws ReeveError PAYLOAD_TOO_LARGE, INVALID_TASK_ID, besides those of every call */
  async enqueue(tasks: readonly NewTask[]): Promise<readonly ('created' | 'duplicate')[]> {
    return enqueue(this.#parts, tasks);
  }

  labourersWithDue(labourers: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#due.labourersWithDue(labourers);
  }

  claim(request: ClaimRequest): Promise<ClaimAnswer> {
    return claim(this.#parts, request, this.#recent);
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
    return expired(this.#parts, labourers, limit, (place) => this.#maintenance.isLeft(place));
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

  /** Whose a task is that may run, for reports that name no attempt: those of sosw's workers. `undefined`: nobody's, or it has long ended. */
  whose(id: string): Promise<string | undefined> {
    return whose(this.#parts, id);
  }

  /** @throws ReeveError INVALID_LIMIT, INVALID_CURSOR, besides those of every call */
  list(query: ListQuery): Promise<TaskPage> {
    return list(this.#parts, query);
  }

  /** Counts up to 1,000 rows of each kind; beyond it says `atLeast`. */
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

  /** @throws ReeveError INVALID_REGISTER, besides those of every call */
  look(names: readonly string[]): Promise<Looked> {
    return this.#register.look(names);
  }

  /** @throws ReeveError INVALID_REGISTER, besides those of every call */
  change(changes: readonly Change[]): Promise<Wrote> {
    return this.#register.change(changes);
  }

  outbox(labourers: readonly string[], limit: number): Promise<readonly End[]> {
    return outbox(this.#parts, labourers, limit);
  }

  takeOut(ends: readonly EndRef[]): Promise<void> {
    return takeOut(this.#parts, ends);
  }
}
