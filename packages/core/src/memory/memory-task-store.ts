/**
 * The contract in its shortest form, for tests, for learning and for work that may be forgotten with the process.
 * JavaScript runs each method to its end before another starts, so each is one atomic step; nothing interleaves.
 */
import type { AttemptRef, ExpiryVerdict, Lease, NewTask, Outcome, TaskKey, TaskRecord, TaskState, Verdict } from '../domain/task.ts';
import { DAY, type EpochMs, type Millis } from '../domain/time.ts';
import { ReeveError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
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
import { DueList } from './due-list.ts';
import { type MemoryTask, newMemoryTask, toLease, toRecord } from './memory-task.ts';
import { type Placed, pageOf } from './paging.ts';

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

class Ledger {
  /** Retries and released tasks: those that are due go first. */
  readonly again: DueList<MemoryTask> = new DueList();
  readonly fresh: DueList<MemoryTask> = new DueList();
  readonly running: Set<MemoryTask> = new Set();
  readonly ended: Set<MemoryTask> = new Set();
}

export class MemoryTaskStore implements TaskStore, TaskReader {
  readonly capabilities: StoreCapabilities;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #keepEnded: Millis;
  readonly #tasks = new Map<string, MemoryTask>();
  readonly #ledgers = new Map<string, Ledger>();
  #seq = 0;
  #ends = 0;

  constructor({ clock, keepEnded = 7 * DAY, maxPayloadBytes = 64 * 1024 * 1024 }: MemoryStoreOptions) {
    this.#clock = clock;
    this.#keepEnded = keepEnded;
    this.capabilities = { name: 'memory', clock: 'process', survives: 'nothing', maxPayloadBytes, clockGuard: 0 };
  }

  /** @throws ReeveError PAYLOAD_TOO_LARGE */
  async enqueue(tasks: readonly NewTask[]): Promise<readonly ('created' | 'duplicate')[]> {
    for (const task of tasks) this.#checkSize(task);
    const now = this.#clock.now();
    return tasks.map((each) => {
      if (this.#tasks.has(each.id)) return 'duplicate';
      const task = newMemoryTask(each, now, ++this.#seq);
      this.#tasks.set(task.id, task);
      this.#ledger(task.labourer).fresh.add(task);
      return 'created';
    });
  }

  async labourersWithDue(labourers: readonly string[]): Promise<ReadonlySet<string>> {
    const now = this.#clock.now();
    return new Set(labourers.filter((each) => this.#dueOf(this.#ledger(each), now) > 0));
  }

  async claim({ labourer, token, cap, limit, lease }: ClaimRequest): Promise<ClaimAnswer> {
    const now = this.#clock.now();
    const ledger = this.#ledger(labourer);
    const running = [...ledger.running].filter(({ deadline }) => deadline > now).length;
    const room = Math.max(0, Math.min(limit, cap - running));
    const again = ledger.again.takeDue(now, room);
    const taken = [...again, ...ledger.fresh.takeDue(now, room - again.length)];
    for (const task of taken) {
      Object.assign(task, { state: 'running', token, attempts: task.attempts + 1, claimedAt: now, deadline: now + lease });
      delete task.verdict;
      ledger.running.add(task);
    }
    const next = Math.min(ledger.again.next() ?? Number.POSITIVE_INFINITY, ledger.fresh.next() ?? Number.POSITIVE_INFINITY);
    return { leases: taken.map(toLease), ...(Number.isFinite(next) && { nextDueIn: Math.max(0, next - now) }) };
  }

  async settle(verdicts: readonly Verdict[]): Promise<readonly Outcome[]> {
    return verdicts.map((each) => this.#decide(each));
  }

  async reap(verdicts: readonly ExpiryVerdict[]): Promise<readonly Outcome[]> {
    const now = this.#clock.now();
    return verdicts.map((each) => (this.#holds(each) && this.#tasks.get(each.id)!.deadline > now ? 'stale' : this.#decide(each)));
  }

  async exchange(verdicts: readonly Verdict[], request: ClaimRequest): Promise<ExchangeAnswer> {
    const outcomes = await this.settle(verdicts);
    return { outcomes, ...(await this.claim(request)) };
  }

  async renew(renewals: readonly Renewal[]): Promise<readonly RenewOutcome[]> {
    const now = this.#clock.now();
    return renewals.map((each) => {
      const task = this.#tasks.get(each.id);
      if (!task || !this.#holds(each) || task.deadline <= now) return { kind: 'stale' };
      task.deadline = now + each.lease;
      return { kind: 'renewed', deadline: task.deadline };
    });
  }

  async expired(labourers: readonly string[], limit: number): Promise<readonly Lease[]> {
    const now = this.#clock.now();
    const past = labourers.flatMap((each) => [...this.#ledger(each).running]).filter(({ deadline }) => deadline <= now);
    return byDeadline(past).slice(0, limit).map(toLease);
  }

  async maintain(labourers: readonly string[]): Promise<MaintenanceReport> {
    const before = this.#clock.now() - this.#keepEnded;
    let purged = 0;
    for (const { ended } of labourers.map((each) => this.#ledger(each))) {
      for (const task of ended) {
        if (task.endedAt > before || purged === PAGE) break; // in the order of their ends
        ended.delete(task);
        this.#tasks.delete(task.id);
        purged += 1;
      }
    }
    return { done: { purged }, more: purged === PAGE };
  }

  async find({ labourer, id }: TaskKey): Promise<TaskRecord | undefined> {
    const task = this.#tasks.get(id);
    return task?.labourer === labourer ? toRecord(task) : undefined;
  }

  /** @throws ReeveError INVALID_CURSOR */
  async list({ labourer, state, limit, cursor }: ListQuery): Promise<TaskPage> {
    const { again, fresh, running, ended } = this.#ledger(labourer);
    const queuedAt = (group: number) => (item: MemoryTask) => ({ item, at: [group, item.due, item.seq] });
    const newestFirst = (): Placed<MemoryTask>[] =>
      [...ended]
        .filter((task) => task.state === state)
        .reverse()
        .map((item) => ({ item, at: [-item.endOrder] }));
    const byState: Readonly<Record<TaskState, () => readonly Placed<MemoryTask>[]>> = {
      queued: () => [...again.all().map(queuedAt(0)), ...fresh.all().map(queuedAt(1))],
      running: () => byDeadline([...running]).map((item) => ({ item, at: [item.deadline, item.seq] })),
      completed: newestFirst,
      dead: newestFirst,
      aside: () => [],
    };
    const { items, ...rest } = pageOf(byState[state](), limit, cursor);
    return { tasks: items.map(toRecord), ...rest };
  }

  async census(labourers: readonly string[]): Promise<readonly Census[]> {
    const now = this.#clock.now();
    return labourers.map((each) => {
      const ledger = this.#ledger(each);
      const due = this.#dueOf(ledger, now);
      const running = [...ledger.running].filter(({ deadline }) => deadline > now).length;
      return { due, waiting: ledger.again.length + ledger.fresh.length - due, running, expired: ledger.running.size - running };
    });
  }

  #decide(verdict: Verdict): Outcome {
    const task = this.#tasks.get(verdict.id);
    if (!task || task.labourer !== verdict.labourer || task.token !== verdict.token) return 'stale';
    if (task.state !== 'running') return task.verdict === verdict.kind ? 'repeated' : 'stale';
    const now = this.#clock.now();
    const ledger = this.#ledger(task.labourer);
    ledger.running.delete(task);
    task.verdict = verdict.kind;
    switch (verdict.kind) {
      case 'completed':
      case 'dead':
        task.state = verdict.kind;
        task.endedAt = now;
        task.endOrder = ++this.#ends;
        ledger.ended.add(task);
        break;
      case 'retry':
      case 'released':
        task.state = 'queued';
        if (verdict.kind === 'released') task.attempts -= 1;
        if (verdict.after !== undefined) task.due = now + verdict.after;
        ledger.again.add(task);
    }
    if ('error' in verdict) task.error = verdict.error;
    if (verdict.kind === 'completed') {
      if (verdict.result !== undefined) task.result = verdict.result;
      if (verdict.stats !== undefined) task.stats = verdict.stats;
    }
    return 'applied';
  }

  #checkSize({ id, payload }: NewTask): void {
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

  #holds({ labourer, id, token }: AttemptRef): boolean {
    const task = this.#tasks.get(id);
    return task?.state === 'running' && task.labourer === labourer && task.token === token;
  }

  #dueOf(ledger: Ledger, now: EpochMs): number {
    return ledger.again.countDue(now) + ledger.fresh.countDue(now);
  }

  #ledger(labourer: string): Ledger {
    const known = this.#ledgers.get(labourer);
    if (known) return known;
    const ledger = new Ledger();
    this.#ledgers.set(labourer, ledger);
    return ledger;
  }
}
