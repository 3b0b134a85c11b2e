import type { Labourer, Retention } from '../domain/labourer.ts';
import { type AttemptRef, type ExpiryVerdict, type Lease, type NewTask, type Outcome, refOf, type Verdict } from '../domain/task.ts';
import type { EpochMs, Millis } from '../domain/time.ts';
import type { Register } from '../ports/register.ts';
import type { TaskReader } from '../ports/task-reader.ts';
import type {
  ClaimAnswer,
  ClaimRequest,
  ExchangeAnswer,
  MaintenanceReport,
  Renewal,
  RenewOutcome,
  StoreCapabilities,
  TaskStore,
} from '../ports/task-store.ts';
import type { Doorbell } from './doorbell.ts';
import { elapsed } from './elapsed.ts';
import type { Events } from './events.ts';
import { KeyRates } from './key-rates.ts';
import { type Grant, Limits } from './limits.ts';
import type { SharedEntryParts } from './shared-entry.ts';

export interface LimitedStoreParts extends Omit<SharedEntryParts, 'register'> {
  readonly labourers: readonly Labourer[];
  readonly store: TaskStore;
  /** What of a claim still runs when a lease of it has run out. Without one its units are held until their time is over. */
  readonly reader?: Pick<TaskReader, 'list'>;
  /** Without one no labourer has limits. */
  readonly register: Register | undefined;
  readonly events: Events;
  readonly doorbell: Doorbell;
}

/** The store itself, if no labourer has a rate or draws on a resource: whoever has no limits pays for none. */
export const limitedStore = ({ register, ...parts }: LimitedStoreParts): TaskStore => {
  const limited = parts.labourers.filter(({ rate, ratePerKey, draws = [] }) => rate || ratePerKey || draws.length > 0);
  return limited.length === 0 || !register ? parts.store : new LimitedStore({ ...parts, register, labourers: limited });
};

/**
 * A store whose claims keep to rates and to shared resources. The store knows nothing of them: what is taken is set aside in the register
 * first, then claimed, and what was not claimed is given back. A crash between two of these steps leaves too much set aside, for a lease
 * at most, and never too little: at no instant do leases hold more units than there are.
 */
class LimitedStore implements TaskStore {
  readonly capabilities: StoreCapabilities;
  readonly newId?: (task: Pick<NewTask, 'labourer' | 'due'>) => string | undefined;
  readonly #parts: LimitedStoreParts & { readonly register: Register };
  readonly #limited: ReadonlyMap<string, Labourer>;
  readonly #limits: Limits;
  readonly #keyRates: ReadonlyMap<string, KeyRates>;
  /** Labourers that found too few units: they are told when some are free. */
  readonly #starved = new Set<string>();

  constructor(parts: LimitedStoreParts & { readonly register: Register }) {
    this.#parts = parts;
    this.#limited = new Map(parts.labourers.map((each) => [each.id, each]));
    this.#limits = new Limits(parts);
    this.#keyRates = new Map(
      parts.labourers.flatMap(({ id, ratePerKey }) => (ratePerKey ? [[id, new KeyRates(id, ratePerKey, parts)] as const] : [])),
    );
    this.capabilities = parts.store.capabilities;
    if (parts.store.newId) this.newId = (task) => parts.store.newId?.(task);
  }

  enqueue(tasks: readonly NewTask[]): Promise<readonly ('created' | 'duplicate')[]> {
    return this.#parts.store.enqueue(tasks);
  }

  labourersWithDue(labourers: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#parts.store.labourersWithDue(labourers);
  }

  async claim(request: ClaimRequest): Promise<ClaimAnswer> {
    const labourer = this.#limited.get(request.labourer);
    if (!labourer || request.limit <= 0 || request.cap <= 0) return this.#parts.store.claim(request);
    const since = elapsed(this.#parts.clock);
    const grant = await this.#limits.take(labourer, request.token, Math.min(request.limit, request.cap), request.lease);
    const isStarved = grant.draws.some(({ attempts }) => attempts < Math.min(request.limit, request.cap));
    if (isStarved) this.#starved.add(labourer.id);
    if (grant.granted === 0) {
      await this.#giveBack(labourer, request.token, grant, 0);
      return { leases: [], ...(grant.wait !== undefined && { nextDueIn: grant.wait }) };
    }
    // If this throws, the tasks may have been claimed: what was set aside stays so until their leases are over.
    const keyRates = this.#keyRates.get(labourer.id);
    const answer = await this.#parts.store.claim({ ...request, limit: grant.granted, ...(keyRates && { room: keyRates.room() }) });
    const startable = await this.#startable(request, since, grant, answer.leases);
    const leases = keyRates ? await this.#withinKeyRates(keyRates, startable) : startable;
    await this.#giveBack(labourer, request.token, grant, leases.length);
    const { nextDueIn = Number.POSITIVE_INFINITY, ...rest } = answer;
    // More may be due: it is a rate that says when. What the store calls due now may be just what a key's rate holds back.
    const isFull = startable.length === grant.granted;
    const byKeys = keyRates?.wait() ?? Number.POSITIVE_INFINITY;
    const others = nextDueIn === 0 && !isFull && Number.isFinite(byKeys) ? byKeys : nextDueIn;
    const next = Math.min(isFull ? (grant.wait ?? others) : others, byKeys);
    return { ...rest, leases, ...(Number.isFinite(next) && { nextDueIn: next }) };
  }

  async settle(verdicts: readonly Verdict[]): Promise<readonly Outcome[]> {
    const outcomes = await this.#parts.store.settle(verdicts);
    await this.#ended(verdicts, outcomes);
    return outcomes;
  }

  async exchange(verdicts: readonly Verdict[], request: ClaimRequest): Promise<ExchangeAnswer> {
    if (!this.#limited.has(request.labourer) && !verdicts.some(({ labourer }) => this.#limited.has(labourer)))
      return this.#parts.store.exchange(verdicts, request);
    const outcomes = await this.settle(verdicts);
    try {
      return { outcomes, ...(await this.claim(request)) };
    } catch (error) {
      // The verdicts have been given, and their outcomes are not to be lost.
      this.#parts.events.emit('labourer.failed', { labourer: request.labourer, error });
      return { outcomes, leases: [] };
    }
  }

  async renew(renewals: readonly Renewal[]): Promise<readonly RenewOutcome[]> {
    // The units first: whatever happens then, they are held for as long as the lease.
    await Promise.all(
      this.#byResource(renewals).map(([resource, some]) =>
        this.#limits.holdUntil(resource, (now) => new Map(some.map(({ token, lease }) => [token, Limits.until(now, lease)]))),
      ),
    );
    return this.#parts.store.renew(renewals);
  }

  expired(labourers: readonly string[], limit: number): Promise<readonly Lease[]> {
    return this.#parts.store.expired(labourers, limit);
  }

  async reap(verdicts: readonly ExpiryVerdict[]): Promise<readonly Outcome[]> {
    const outcomes = await this.#parts.store.reap(verdicts);
    await this.#reaped(verdicts, outcomes);
    return outcomes;
  }

  maintain(labourers: readonly string[], retention?: ReadonlyMap<string, Retention>): Promise<MaintenanceReport> {
    return this.#parts.store.maintain(labourers, retention);
  }

  /**
   * A process may stand still between setting units aside and claiming, for longer than they are set aside, or than the lease that an earlier
   * copy of its claim was given, which others then reap. Then a lease may have no units: they are to be held for longer, and if there are not
   * as many any more, the attempts must not start.
   */
  async #startable({ token, lease }: ClaimRequest, since: Millis, { draws }: Grant, leases: readonly Lease[]): Promise<readonly Lease[]> {
    const deadline = Math.max(...leases.map((each) => each.deadline));
    const isLate = elapsed(this.#parts.clock) - since >= lease;
    for (const { draw, until } of draws) {
      if (deadline <= until && !isLate) continue;
      const held = await this.#limits.holdUntil(draw.resource, () => new Map<string, EpochMs>([[token, deadline]]));
      if ((held.get(token) ?? 0) >= leases.length * draw.units) continue;
      await this.#parts.store.settle(leases.map((each) => ({ ...refOf(each), kind: 'released' })));
      return [];
    }
    return leases;
  }

  /** Those that their keys' rates let start. The others go back, with their attempt, until there is more. */
  async #withinKeyRates(keyRates: KeyRates, leases: readonly Lease[]): Promise<readonly Lease[]> {
    const { store } = this.#parts;
    try {
      const { started, over } = await keyRates.take(leases);
      if (over.length > 0) await store.settle(over.map(({ lease, after }) => ({ ...refOf(lease), kind: 'released', after })));
      return started;
    } catch (error) {
      // Nobody knows what is left of them. Whatever becomes of this, they are left to their leases.
      await store.settle(leases.map((lease) => ({ ...refOf(lease), kind: 'released' }))).catch(() => {});
      throw error;
    }
  }

  async #giveBack(labourer: Labourer, token: string, grant: Grant, used: number): Promise<void> {
    // Nobody is told of units that were only looked for: two who find nothing to start would tell each other for ever.
    await this.#quietly(labourer.id, this.#limits.giveBack(labourer, token, grant, used));
  }

  /** Attempts that ended hold no units any more. An outcome that nobody heard leaves them to the end of the lease. */
  async #ended(verdicts: readonly Verdict[], outcomes: readonly Outcome[]): Promise<void> {
    const ended = verdicts.filter((_, n) => outcomes[n] === 'applied' || outcomes[n] === 'cancelled');
    const giving = this.#byResource(ended).map(async ([resource, some]) => {
      const units = new Map<string, number>();
      for (const { token, draws } of some) units.set(token, (units.get(token) ?? 0) + draws);
      await this.#quietly(some[0]?.labourer ?? '', this.#limits.endUnits(resource, units));
      this.#ring(resource);
    });
    await Promise.all(giving);
  }

  /**
   * A lease that ran out may be one that a network's second copy of a claim was given, and of which nobody knows: no units were set aside for
   * it, and those of its token belong to leases that may still run. So what is free is what those that run under its token leave. Between
   * the look and the change they can only become fewer, and each of them that ends frees its own.
   */
  async #reaped(verdicts: readonly Verdict[], outcomes: readonly Outcome[]): Promise<void> {
    const { reader } = this.#parts;
    const ended = verdicts.filter((_, n) => outcomes[n] === 'applied' || outcomes[n] === 'cancelled');
    const byResource = this.#byResource(ended);
    if (!reader || byResource.length === 0) return;
    const [{ labourer } = { labourer: '' }] = ended;
    const freeing = async (): Promise<void> => {
      const running = await this.#runningBy(reader, ended);
      for (const [resource, some] of byResource) {
        const most = some.map(({ token, draws }) => [token, draws * (running.get(token) ?? 0)] as const);
        await this.#limits.holdNoMore(resource, new Map(most));
        this.#ring(resource);
      }
    };
    await this.#quietly(labourer, freeing());
  }

  /** How many leases run of each of these claims. There are no more of them than the cap allows. */
  async #runningBy(reader: Pick<TaskReader, 'list'>, refs: readonly AttemptRef[]): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const labourer of new Set(refs.map((each) => each.labourer))) {
      let cursor: string | undefined;
      do {
        const page = await reader.list({ labourer, state: 'running', limit: 1_000, ...(cursor !== undefined && { cursor }) });
        for (const task of page.tasks) if (task.state === 'running') counts.set(task.token, (counts.get(task.token) ?? 0) + 1);
        cursor = page.cursor;
      } while (cursor !== undefined);
    }
    return counts;
  }

  /** What cannot be given back is free when its time is over, and nothing else may fail for it. */
  async #quietly(labourer: string, giving: Promise<void>): Promise<void> {
    await giving.catch((error: unknown) => this.#parts.events.emit('labourer.failed', { labourer, error }));
  }

  #byResource<Ref extends AttemptRef>(refs: readonly Ref[]): readonly (readonly [string, readonly (Ref & { readonly draws: number })[]])[] {
    const found = new Map<string, (Ref & { readonly draws: number })[]>();
    for (const ref of refs) {
      for (const { resource, units } of this.#limited.get(ref.labourer)?.draws ?? []) {
        const some = found.get(resource) ?? [];
        some.push({ ...ref, draws: units });
        found.set(resource, some);
      }
    }
    return [...found];
  }

  /** Those that waited for these units; of another process, its poll finds them. */
  #ring(resource: string): void {
    for (const { id, draws = [] } of this.#limited.values())
      if (draws.some((each) => each.resource === resource) && this.#starved.delete(id)) this.#parts.doorbell.ring(id);
  }
}
