import type { Lease, TaskRecord } from '@reeve/core';
import { refOf } from '@reeve/core';
import { renamed } from './renamed.ts';
import { kept, mutant, type StoreMutant, turn } from './twist.ts';

interface Queued {
  readonly lease: Lease;
  /** Its place among all that were ever enqueued. */
  readonly seq: number;
  /** How it came back, if it did. */
  readonly back: 'retry' | 'released' | undefined;
}

/** Takes in an order of its own: claims everything that is due, picks, and gives the rest back. */
const reordered = (name: string, compare: (a: Queued, b: Queued) => number): StoreMutant =>
  mutant(name, 'C6', (honest, tools) => {
    const seqs = kept(tools, 'seqs', () => new Map<string, number>());
    const backs = kept(tools, 'backs', () => new Map<string, 'retry' | 'released'>());
    return {
      enqueue: async (tasks) => {
        for (const { id } of tasks) if (!seqs.has(id)) seqs.set(id, seqs.size);
        return honest.enqueue(tasks);
      },
      settle: async (verdicts) => {
        for (const { id, kind } of verdicts) if (kind === 'retry' || kind === 'released') backs.set(id, kind);
        return honest.settle(verdicts);
      },
      claim: async (request) => {
        const { running = 0 } = (await honest.census([request.labourer]))[0] ?? {};
        const most = Number.MAX_SAFE_INTEGER;
        const { leases: all } = await honest.claim({ ...request, cap: most, limit: most });
        const sorted = all.map((lease) => ({ lease, seq: seqs.get(lease.id) ?? 0, back: backs.get(lease.id) })).sort(compare);
        const taken = sorted.splice(0, Math.max(0, Math.min(request.limit, request.cap - running)));
        await honest.settle(sorted.map(({ lease }) => ({ ...refOf(lease), kind: 'released' })));
        return { leases: taken.map(({ lease }) => lease) };
      },
    };
  });

const byDue = (a: Queued, b: Queued): number => a.lease.due - b.lease.due || a.seq - b.seq;
const backFirst = (a: Queued, b: Queued): number => Number(b.back !== undefined) - Number(a.back !== undefined) || byDue(a, b);

/** Shifts every instant at which a task falls due. */
const shifted = (name: string, shift: (due: number) => number): StoreMutant =>
  mutant(name, 'C7', (honest) => ({
    enqueue: (tasks) => honest.enqueue(tasks.map((each) => (each.due === undefined ? each : { ...each, due: shift(each.due) }))),
  }));

/** A lease made up from a record, for a claim that only believes that it has taken the task. */
const leaseOf = (record: TaskRecord, token: string, now: number, length: number): Lease => ({
  ...refOf({ ...record, token }),
  payload: record.payload,
  attempt: record.attempts + 1,
  createdAt: record.createdAt,
  due: now,
  claimedAt: now,
  deadline: now + length,
});

export const orderMutants: readonly StoreMutant[] = [
  reordered('takes the newest first', (a, b) => byDue(b, a)),
  reordered(
    'takes in the order of ids',
    (a, b) => Number(b.back !== undefined) - Number(a.back !== undefined) || (a.lease.id < b.lease.id ? -1 : 1),
  ),
  reordered(
    'takes in the order of enqueueing, whatever the due times',
    (a, b) => Number(b.back !== undefined) - Number(a.back !== undefined) || a.seq - b.seq,
  ),
  reordered('puts retries at the tail', (a, b) => Number(a.back === 'retry') - Number(b.back === 'retry') || backFirst(a, b)),
  reordered('puts released tasks at the tail', (a, b) => Number(a.back === 'released') - Number(b.back === 'released') || backFirst(a, b)),
  reordered('puts retries among the fresh by their due times', byDue),
  mutant('waits for a retry that is not due before it takes a fresh task', 'C6', (honest, { clock }) => ({
    claim: async (request) => {
      const { tasks } = await honest.list({ labourer: request.labourer, state: 'queued', limit: 1_000 });
      const waits = tasks.some((each) => each.state === 'queued' && each.attempts > 0 && each.due > clock.now());
      return honest.claim({ ...request, limit: waits ? 0 : request.limit });
    },
  })),
  shifted('starts a task a millisecond early', (due) => due - 1),
  shifted('starts a task a millisecond late', (due) => due + 1),
  shifted('keeps whole seconds', (due) => Math.floor(due / 1_000) * 1_000),
  shifted('starts every task at once', () => 0),
  mutant('gives a task that two claims saw to both', 'C1', (honest, { clock }) => ({
    claim: async (request) => {
      const { labourer, token, cap, limit, lease } = request;
      const { running = 0 } = (await honest.census([labourer]))[0] ?? {};
      const { tasks } = await honest.list({ labourer, state: 'queued', limit: 1_000 });
      const due = tasks.filter((each) => each.state === 'queued' && each.due <= clock.now());
      await turn();
      const seen = due.slice(0, Math.max(0, Math.min(limit, cap - running)));
      await honest.claim({ ...request, limit: seen.length });
      return { leases: seen.map((each) => leaseOf(each, token, clock.now(), lease)) };
    },
  })),
  mutant('counts no attempts', 'C1', (honest) => ({
    claim: async (request) => {
      const answer = await honest.claim(request);
      return { ...answer, leases: answer.leases.map((each) => ({ ...each, attempt: 1 })) };
    },
  })),
  mutant('says when a task was claimed instead of when it was enqueued', 'C1', (honest) => ({
    claim: async (request) => {
      const answer = await honest.claim(request);
      return { ...answer, leases: answer.leases.map((each) => ({ ...each, createdAt: each.claimedAt })) };
    },
  })),
  renamed(
    'compares labourers without case',
    'C8',
    ({ id }) => id,
    (labourer) => labourer.toLowerCase(),
  ),
  renamed(
    'keeps ten characters of a labourer',
    'C8',
    ({ id }) => id,
    (labourer) => labourer.slice(0, 10),
  ),
];
