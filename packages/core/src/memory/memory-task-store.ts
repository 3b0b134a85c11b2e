/**
 * The contract in its shortest form, for tests, for learning and for work that may be forgotten with the process.
 * JavaScript runs each method to its end before another starts, so each is one atomic step; nothing interleaves.
 */
import { checkChanges, checkNames } from '../decide/check-register.ts';
import type { JsonText } from '../domain/json.ts';
import type { Retention } from '../domain/labourer.ts';
import {
  type ExpiryVerdict,
  keyOf,
  type Lease,
  type NewTask,
  type Outcome,
  type TaskKey,
  type TaskRecord,
  type TaskState,
  type Verdict,
} from '../domain/task.ts';
import { DAY, type Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  Burial,
  BuryOutcome,
  CancelOutcome,
  Operator,
  Redrive,
  RedriveOutcome,
  Replacement,
  ReplaceOutcome,
} from '../ports/operator.ts';
import type { End, EndRef, Outbox } from '../ports/outbox.ts';
import type { Change, Looked, Register, Wrote } from '../ports/register.ts';
import type { Census, ListQuery, TaskPage, TaskReader } from '../ports/task-reader.ts';
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
import { buryOne, cancelOne, redriveOne, replaceOne } from './memory-operator.ts';
import { MemoryRegister } from './memory-register.ts';
import { addError, type MemoryTask, toEnd, toLease, toRecord } from './memory-task.ts';
import { type Placed, pageOf } from './paging.ts';
import { Shelf } from './shelf.ts';

export interface MemoryStoreOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** How long ended tasks are kept, so that a known id is a duplicate. Default 7 days. */
  readonly keepEnded?: Millis;
  /** The longest payload it takes, in bytes of UTF-8: that of the store it stands in for. Default 64 MiB. */
  readonly maxPayloadBytes?: number;
}

/** The most ended tasks that one call of `maintain` forgets. */
const PAGE = 1_000;

const byDeadline = (tasks: readonly MemoryTask[]): MemoryTask[] => [...tasks].sort((a, b) => a.deadline - b.deadline || a.seq - b.seq);

export class MemoryTaskStore implements TaskStore, TaskReader, Operator, Register, Outbox {
  readonly capabilities: StoreCapabilities;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #keepEnded: Millis;
  readonly #shelf = new Shelf();
  readonly #register = new MemoryRegister();

  constructor({ clock, keepEnded = 7 * DAY, maxPayloadBytes = 64 * 1024 * 1024 }: MemoryStoreOptions) {
    this.#clock = clock;
    this.#keepEnded = keepEnded;
    this.capabilities = { name: 'memory', clock: 'process', survives: 'nothing', maxPayloadBytes, clockGuard: 0 };
  }

  /** @throws ReeveError PAYLOAD_TOO_LARGE */
  async enqueue(tasks: readonly NewTask[]): Promise<readonly ('created' | 'duplicate')[]> {
    for (const task of tasks) this.#checkSize(task);
    const now = this.#clock.now();
    return tasks.map((each) => (this.#shelf.add(each, now) ? 'created' : 'duplicate'));
  }

  async labourersWithDue(labourers: readonly string[]): Promise<ReadonlySet<string>> {
    const now = this.#clock.now();
    return new Set(labourers.filter((each) => this.#shelf.ledgerOf(each).queue.countDue(now) > 0));
  }

  async claim({ labourer, token, cap, perKey, room: keyRoom, limit, lease }: ClaimRequest): Promise<ClaimAnswer> {
    const now = this.#clock.now();
    const ledger = this.#shelf.ledgerOf(labourer);
    const { queue, running } = ledger;
    const room = Math.max(0, Math.min(limit, cap - ledger.countRunning(now)));
    const byKeys = perKey !== undefined || keyRoom !== undefined;
    const { taken, dropped } = byKeys
      ? queue.takeTurns(now, room, { perKey, room: keyRoom }, ledger.countByKey(now))
      : queue.takeDue(now, room);
    for (const task of taken) {
      task.attempts += 1;
      Object.assign(task, { state: 'running', token, verdict: undefined, claimedAt: now, deadline: now + lease });
      running.add(task);
    }
    for (const task of dropped) this.#shelf.end(task, 'dropped', now);
    const next = queue.next();
    return {
      leases: taken.map(toLease),
      ...(dropped.length > 0 && { dropped: dropped.map(keyOf) }),
      ...(Number.isFinite(next) && { nextDueIn: Math.max(0, next - now) }),
    };
  }

  async settle(verdicts: readonly Verdict[]): Promise<readonly Outcome[]> {
    return verdicts.map((each) => this.#decide(each));
  }

  async reap(verdicts: readonly ExpiryVerdict[]): Promise<readonly Outcome[]> {
    const now = this.#clock.now();
    return verdicts.map((each) => {
      const task = this.#shelf.attempted(each);
      return task?.state === 'running' && task.deadline > now ? 'stale' : this.#decide(each);
    });
  }

  async exchange(verdicts: readonly Verdict[], request: ClaimRequest): Promise<ExchangeAnswer> {
    const outcomes = await this.settle(verdicts);
    return { outcomes, ...(await this.claim(request)) };
  }

  async renew(renewals: readonly Renewal[]): Promise<readonly RenewOutcome[]> {
    const now = this.#clock.now();
    return renewals.map((each) => {
      const task = this.#shelf.attempted(each);
      if (task?.state !== 'running' || task.deadline <= now) return { kind: 'stale' };
      if (task.cancelling) return { kind: 'cancelled' };
      task.deadline = now + each.lease;
      return { kind: 'renewed', deadline: task.deadline };
    });
  }

  async expired(labourers: readonly string[], limit: number): Promise<readonly Lease[]> {
    const now = this.#clock.now();
    const past = labourers.flatMap((each) => [...this.#shelf.ledgerOf(each).running]).filter(({ deadline }) => deadline <= now);
    return byDeadline(past).slice(0, limit).map(toLease);
  }

  async maintain(labourers: readonly string[], retention?: ReadonlyMap<string, Retention>): Promise<MaintenanceReport> {
    const past = labourers.flatMap((each) => this.#shelf.pastKeep(each, retention?.get(each) ?? {}, this.#keepEnded, this.#clock.now()));
    const page = past.slice(0, PAGE);
    for (const task of page) this.#shelf.forget(task);
    return { done: { purged: page.length }, more: past.length > PAGE };
  }

  async find(key: TaskKey): Promise<TaskRecord | undefined> {
    const task = this.#shelf.find(key);
    return task && toRecord(task);
  }

  /** @throws ReeveError INVALID_CURSOR */
  async list({ labourer, state, limit, cursor }: ListQuery): Promise<TaskPage> {
    const { queue, running, ended } = this.#shelf.ledgerOf(labourer);
    const newestFirst = (): Placed<MemoryTask>[] =>
      [...ended]
        .filter((task) => task.state === state)
        .reverse()
        .map((item) => ({ item, at: [-item.endOrder] }));
    const byState: Readonly<Record<TaskState, () => readonly Placed<MemoryTask>[]>> = {
      queued: () => queue.all().map((item) => ({ item, at: [-item.priority, item.again ? 0 : 1, item.due, item.seq] })),
      running: () => byDeadline([...running]).map((item) => ({ item, at: [item.deadline, item.seq] })),
      completed: newestFirst,
      dead: newestFirst,
      cancelled: newestFirst,
      dropped: newestFirst,
      aside: () => [],
    };
    const { items, ...rest } = pageOf(byState[state](), limit, cursor);
    return { tasks: items.map(toRecord), ...rest };
  }

  async census(labourers: readonly string[]): Promise<readonly Census[]> {
    const now = this.#clock.now();
    return labourers.map((each) => {
      const ledger = this.#shelf.ledgerOf(each);
      const due = ledger.queue.countDue(now);
      const running = ledger.countRunning(now);
      return { due, waiting: ledger.queue.length - due, running, expired: ledger.running.size - running };
    });
  }

  async cancel(keys: readonly TaskKey[]): Promise<readonly CancelOutcome[]> {
    return keys.map((each) => cancelOne(this.#shelf, each, this.#clock.now()));
  }

  async bury(burials: readonly Burial[]): Promise<readonly BuryOutcome[]> {
    return burials.map((each) => buryOne(this.#shelf, each, this.#clock.now()));
  }

  async redrive(redrives: readonly Redrive[]): Promise<readonly RedriveOutcome[]> {
    return redrives.map((each) => redriveOne(this.#shelf, each, this.#clock.now()));
  }

  /** @throws ReeveError PAYLOAD_TOO_LARGE */
  async replace(replacements: readonly Replacement[]): Promise<readonly ReplaceOutcome[]> {
    for (const each of replacements) this.#checkSize(each);
    return replacements.map((each) => replaceOne(this.#shelf, each));
  }

  async outbox(labourers: readonly string[], limit: number): Promise<readonly End[]> {
    const waiting = labourers.flatMap((each) => [...this.#shelf.ledgerOf(each).outbox]);
    return waiting
      .sort((a, b) => a.endOrder - b.endOrder)
      .slice(0, limit)
      .flatMap(toEnd);
  }

  async takeOut(ends: readonly EndRef[]): Promise<void> {
    for (const { endedAt, ...key } of ends) {
      const task = this.#shelf.find(key);
      if (task?.endedAt === endedAt) this.#shelf.ledgerOf(key.labourer).outbox.delete(task);
    }
  }

  /** @throws ReeveError INVALID_REGISTER */
  async look(names: readonly string[]): Promise<Looked> {
    checkNames(names);
    return this.#register.look(names, this.#clock.now());
  }

  /** @throws ReeveError INVALID_REGISTER */
  async change(changes: readonly Change[]): Promise<Wrote> {
    checkChanges(changes);
    return this.#register.change(changes, this.#clock.now());
  }

  #decide(verdict: Verdict): Outcome {
    const task = this.#shelf.attempted(verdict);
    if (!task) return 'stale';
    if (task.state !== 'running') return task.verdict === verdict.kind ? 'repeated' : 'stale';
    const now = this.#clock.now();
    if (task.cancelling) {
      task.cancelling = false;
      this.#shelf.end(task, 'cancelled', now);
      return 'cancelled';
    }
    task.verdict = verdict.kind;
    if ('error' in verdict) addError(task, verdict.error, now);
    switch (verdict.kind) {
      case 'completed':
        task.result = verdict.result;
        task.stats = verdict.stats;
        this.#shelf.end(task, 'completed', now);
        break;
      case 'dead':
        this.#shelf.end(task, 'dead', now);
        break;
      case 'retry':
      case 'released':
        if (verdict.kind === 'released') task.attempts -= 1;
        if (verdict.after !== undefined) task.due = now + verdict.after;
        this.#shelf.queue(task, true);
    }
    return 'applied';
  }

  #checkSize({ id, payload }: { readonly id: string; readonly payload: JsonText }): void {
    const { maxPayloadBytes } = this.capabilities;
    // A unit of UTF-16 takes at most three bytes: most payloads need no count.
    if (payload.length * 3 <= maxPayloadBytes) return;
    const bytes = new TextEncoder().encode(payload).length;
    if (bytes <= maxPayloadBytes) return;
    throw new ReeveError({
      kind: 'input',
      code: 'PAYLOAD_TOO_LARGE',
      message: `payload of ${JSON.stringify(id)}: ${bytes} bytes, and this store takes ${maxPayloadBytes}; keep the data elsewhere and enqueue where it is`,
    });
  }
}
