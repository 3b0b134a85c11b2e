import type { AttemptRef, EpochMs, ExpiryVerdict, NewTask, Outcome, Renewal, Verdict } from '@reeve/core';

/** A task as the model keeps it. */
export interface ModelTask {
  readonly id: string;
  readonly labourer: string;
  readonly payload: string;
  readonly seq: number;
  state: 'queued' | 'running' | 'completed' | 'dead';
  /** Retried or released: goes before the fresh ones. */
  again: boolean;
  due: EpochMs;
  attempts: number;
  token: string | undefined;
  last: Verdict['kind'] | undefined;
  deadline: EpochMs;
  error: string | undefined;
  result: string | undefined;
}

/**
 * What a store answers, in the fewest words: one map, no index, every rule read straight off the port. The stores under test are compared
 * with it step by step, so it must never be made clever.
 */
export class Model {
  readonly tasks: Map<string, ModelTask> = new Map();
  now: EpochMs = 0;
  #seq = 0;

  enqueue(tasks: readonly NewTask[]): ('created' | 'duplicate')[] {
    return tasks.map(({ id, labourer, payload, due = this.now }) => {
      if (this.tasks.has(id)) return 'duplicate';
      this.#seq += 1;
      const nothing = { token: undefined, last: undefined, error: undefined, result: undefined };
      this.tasks.set(id, {
        id,
        labourer,
        payload,
        seq: this.#seq,
        state: 'queued',
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
  claim(labourer: string, token: string, cap: number, limit: number, lease: number): string[] {
    const mine = this.of(labourer);
    const running = mine.filter((each) => this.isLive(each)).length;
    const due = mine.filter(({ state, due }) => state === 'queued' && due <= this.now);
    due.sort((a, b) => Number(b.again) - Number(a.again) || a.due - b.due || a.seq - b.seq);
    const taken = due.slice(0, Math.max(0, Math.min(limit, cap - running)));
    for (const each of taken) {
      Object.assign(each, { state: 'running', token, last: undefined, attempts: each.attempts + 1, deadline: this.now + lease });
    }
    return taken.map(({ id }) => id);
  }

  settle(verdict: Verdict): Outcome {
    const task = this.#owned(verdict);
    if (!task) return 'stale';
    if (task.state !== 'running') return task.last === verdict.kind ? 'repeated' : 'stale';
    task.last = verdict.kind;
    if ('error' in verdict) task.error = verdict.error;
    switch (verdict.kind) {
      case 'completed':
        task.state = 'completed';
        task.result = verdict.result;
        break;
      case 'dead':
        task.state = 'dead';
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

  renew({ lease, ...ref }: Renewal): EpochMs | undefined {
    const task = this.#owned(ref);
    if (!task || !this.isLive(task)) return undefined;
    task.deadline = this.now + lease;
    return task.deadline;
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

  #owned({ id, labourer, token }: AttemptRef): ModelTask | undefined {
    const task = this.tasks.get(id);
    return task?.labourer === labourer && task.token === token ? task : undefined;
  }
}
