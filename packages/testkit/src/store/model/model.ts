import type {
  AttemptError,
  AttemptRef,
  Burial,
  BuryOutcome,
  CancelOutcome,
  ClaimRequest,
  End,
  EndRef,
  EpochMs,
  ExpiryVerdict,
  NewTask,
  Outcome,
  Redrive,
  RedriveOutcome,
  Renewal,
  RenewOutcome,
  Replacement,
  ReplaceOutcome,
  TaskKey,
  Verdict,
} from '@reeve/core';
import { ModelRegister } from './register.ts';

/** A task as the model keeps it. */
export interface ModelTask {
  readonly id: string;
  readonly labourer: string;
  payload: string;
  seq: number;
  readonly priority: number;
  readonly key: string | undefined;
  expiresAt: EpochMs | undefined;
  state: 'queued' | 'running' | 'completed' | 'dead' | 'cancelled' | 'dropped';
  cancelling: boolean;
  /** Retried or released: goes before the fresh ones. */
  again: boolean;
  due: EpochMs;
  attempts: number;
  token: string | undefined;
  last: Verdict['kind'] | undefined;
  deadline: EpochMs;
  errors: readonly AttemptError[];
  result: string | undefined;
  endedAt: EpochMs;
  /** The instant at which it ended. Earlier than `endedAt`, if that had to be later than its end before. */
  endedWhen: EpochMs;
  readonly follow: string | undefined;
  /** Ended, and what follows is still to be done. */
  inOutbox: boolean;
}

/**
 * Whether the one may stand before the other where ends are in order: of two that ended in one millisecond either may, and an end whose
 * instant was put off counts as of both instants.
 */
export const mayBeBefore = (one: ModelTask, other: ModelTask): boolean => one.endedWhen <= other.endedAt;

/**
 * What a store answers, in the fewest words: one map, no index, every rule read straight off the port. The stores under test are compared
 * with it step by step, so it must never be made clever.
 */
export class Model {
  readonly tasks: Map<string, ModelTask> = new Map();
  readonly register: ModelRegister = new ModelRegister();
  now: EpochMs = 0;
  #seq = 0;

  enqueue(tasks: readonly NewTask[]): ('created' | 'duplicate')[] {
    return tasks.map(({ id, labourer, payload, due = this.now, priority = 0, key, expiresAt, follow }) => {
      if (this.tasks.has(id)) return 'duplicate';
      this.#seq += 1;
      const nothing = { token: undefined, last: undefined, result: undefined, errors: [], endedAt: 0, endedWhen: 0, inOutbox: false };
      this.tasks.set(id, {
        id,
        labourer,
        payload,
        priority,
        key,
        expiresAt,
        follow,
        seq: this.#seq,
        state: 'queued',
        cancelling: false,
        again: false,
        due,
        attempts: 0,
        deadline: 0,
        ...nothing,
      });
      return 'created';
    });
  }

  /** The ids it takes, in order. */
  claim({ labourer, token, cap, perKey, room: keyRoom, limit, lease }: ClaimRequest): string[] {
    const mine = this.of(labourer);
    const running = mine.filter((each) => this.isLive(each));
    const due = mine.filter((each) => each.state === 'queued' && each.due <= this.now && !this.isOutOfTime(each));
    due.sort((a, b) => b.priority - a.priority || Number(b.again) - Number(a.again) || a.due - b.due || a.seq - b.seq);
    const room = Math.max(0, Math.min(limit, cap - running.length));
    const byKeys = perKey !== undefined || keyRoom !== undefined;
    const taken = byKeys ? inTurns(due, running, room, { perKey, room: keyRoom }) : due.slice(0, room);
    for (const each of taken) {
      Object.assign(each, { state: 'running', token, last: undefined, attempts: each.attempts + 1, deadline: this.now + lease });
    }
    return taken.map(({ id }) => id);
  }

  settle(verdict: Verdict): Outcome {
    const task = this.#owned(verdict);
    if (!task) return 'stale';
    if (task.state !== 'running') return task.last === verdict.kind ? 'repeated' : 'stale';
    if (task.cancelling) {
      task.cancelling = false;
      this.#end(task, 'cancelled');
      return 'cancelled';
    }
    task.last = verdict.kind;
    if ('error' in verdict) this.#addError(task, verdict.error);
    switch (verdict.kind) {
      case 'completed':
        task.result = verdict.result;
        this.#end(task, 'completed');
        break;
      case 'dead':
        this.#end(task, 'dead');
        break;
      case 'retry':
      case 'released':
        task.state = 'queued';
        task.again = true;
        if (verdict.after !== undefined) task.due = this.now + verdict.after;
        if (verdict.kind === 'released') task.attempts -= 1;
    }
    return 'applied';
  }

  reap(verdict: ExpiryVerdict): Outcome {
    const task = this.#owned(verdict);
    if (task?.state !== 'running' || this.isLive(task)) return 'stale';
    return this.settle(verdict);
  }

  renew({ lease, ...ref }: Renewal): RenewOutcome {
    const task = this.#owned(ref);
    if (!task || !this.isLive(task)) return { kind: 'stale' };
    if (task.cancelling) return { kind: 'cancelled' };
    task.deadline = this.now + lease;
    return { kind: 'renewed', deadline: task.deadline };
  }

  cancel({ labourer, id }: TaskKey): CancelOutcome {
    const task = this.#known({ labourer, id });
    if (!task) return 'unknown';
    if (task.state === 'running') {
      task.cancelling = true;
      return 'cancelling';
    }
    if (task.state !== 'queued') return 'ended';
    task.token = undefined;
    this.#end(task, 'cancelled');
    return 'cancelled';
  }

  bury({ error, ...key }: Burial): BuryOutcome {
    const task = this.#known(key);
    if (!task) return 'unknown';
    if (task.state !== 'queued') return task.state === 'running' ? 'running' : 'ended';
    task.token = undefined;
    this.#addError(task, error);
    this.#end(task, 'dead');
    return 'buried';
  }

  redrive({ after = 0, ...key }: Redrive): RedriveOutcome {
    const task = this.#known(key);
    if (!task) return 'unknown';
    if (task.state === 'queued' || task.state === 'running') return 'open';
    if (task.state === 'completed') return 'kept';
    this.#seq += 1;
    const fresh = { state: 'queued', again: false, attempts: 0, token: undefined, expiresAt: undefined, inOutbox: false };
    Object.assign(task, { ...fresh, due: this.now + after, seq: this.#seq });
    return 'queued';
  }

  replace({ payload, ...key }: Replacement): ReplaceOutcome {
    const task = this.#known(key);
    if (!task) return 'unknown';
    if (task.state !== 'queued' || task.attempts > 0) return 'started';
    task.payload = payload;
    return 'replaced';
  }

  /** @returns whether it was right that somebody dropped it */
  drop(key: TaskKey): boolean {
    const task = this.#known(key);
    if (!task || !this.isOutOfTime(task)) return false;
    this.#end(task, 'dropped');
    return true;
  }

  /** Ends that something follows from, the oldest first. Those of one instant are in no promised order. */
  outbox(labourers: readonly string[]): ModelTask[] {
    const all = [...this.tasks.values()].filter(({ labourer, inOutbox }) => inOutbox && labourers.includes(labourer));
    return all.sort((a, b) => a.endedAt - b.endedAt);
  }

  takeOut({ endedAt, ...key }: EndRef): void {
    const task = this.#known(key);
    if (task?.endedAt === endedAt) task.inOutbox = false;
  }

  /** A task that nobody started in time is dropped by whoever meets it; here it only must not be claimed. */
  isOutOfTime({ state, attempts, expiresAt }: ModelTask): boolean {
    return state === 'queued' && attempts === 0 && expiresAt !== undefined && expiresAt <= this.now;
  }

  /** Ids of the expired, the oldest deadline first. Those of one instant are in no promised order. */
  expired(labourers: readonly string[]): ModelTask[] {
    const all = [...this.tasks.values()].filter(
      (each) => labourers.includes(each.labourer) && each.state === 'running' && !this.isLive(each),
    );
    return all.sort((a, b) => a.deadline - b.deadline);
  }

  census(labourer: string): { due: number; waiting: number; running: number; expired: number } {
    const counts = { due: 0, waiting: 0, running: 0, expired: 0 };
    for (const each of this.of(labourer)) {
      if (each.state === 'queued') counts[each.due <= this.now ? 'due' : 'waiting'] += 1;
      if (each.state === 'running') counts[this.isLive(each) ? 'running' : 'expired'] += 1;
    }
    return counts;
  }

  of(labourer: string): ModelTask[] {
    return [...this.tasks.values()].filter((each) => each.labourer === labourer);
  }

  isLive({ state, deadline }: ModelTask): boolean {
    return state === 'running' && deadline > this.now;
  }

  #end(task: ModelTask, state: End['state']): void {
    const endedAt = Math.max(this.now, task.endedAt + 1);
    Object.assign(task, { state, endedAt, endedWhen: this.now, inOutbox: task.follow !== undefined });
  }

  #addError(task: ModelTask, error: string): void {
    task.errors = [...task.errors, { attempt: task.attempts, at: this.now, error }].slice(-10);
  }

  #known({ labourer, id }: TaskKey): ModelTask | undefined {
    const task = this.tasks.get(id);
    return task?.labourer === labourer ? task : undefined;
  }

  #owned({ id, labourer, token }: AttemptRef): ModelTask | undefined {
    const task = this.tasks.get(id);
    return task?.labourer === labourer && task.token === token ? task : undefined;
  }
}

type KeyLimits = { readonly [Name in 'perKey' | 'room']: ClaimRequest[Name] | undefined };

/** Whether another with this key may be taken. */
export const mayTake = (key: string | undefined, { perKey, room }: KeyLimits, running: number, taken: number): boolean => {
  if (key === undefined) return true;
  if (perKey !== undefined && running >= perKey) return false;
  return room === undefined || taken < (room.of.get(key) ?? room.others);
};

/** @param due in order */
const inTurns = (due: readonly ModelTask[], running: readonly ModelTask[], room: number, limits: KeyLimits): ModelTask[] => {
  const taken: ModelTask[] = [];
  const withKey = (of: readonly ModelTask[], key: string | undefined): number => of.filter((each) => each.key === key).length;
  const runs = ({ key }: ModelTask): number => withKey(running, key) + withKey(taken, key);
  while (taken.length < room) {
    const free = due.filter((each) => !taken.includes(each) && mayTake(each.key, limits, runs(each), withKey(taken, each.key)));
    const [next] = free.sort((a, b) => runs(a) - runs(b) || due.indexOf(a) - due.indexOf(b));
    if (!next) break;
    taken.push(next);
  }
  return taken;
};
