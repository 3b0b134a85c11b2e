/** What the cases start from: tasks, claims and verdicts with everything that a case does not care about filled in. */
import type { AttemptRef, ClaimAnswer, ClaimRequest, JsonText, Lease, Millis, NewTask, TaskRecord, Verdict } from '@reeve/core';
import { MINUTE, refOf } from '@reeve/core';
import type { Store, StoreBench } from './bench.ts';

export const LEASE: Millis = MINUTE;
export const labourer = 'labourer-a';
export const other = 'labourer-b';

/** More than any case has. */
export const PLENTY = 10_000;

export const json = (text: string): JsonText => text as JsonText;

export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

/** 'task-0007' */
export const idOf = (n: number): string => `task-${String(n).padStart(4, '0')}`;

export const aTask = (n: number, over: Partial<NewTask> = {}): NewTask => ({ id: idOf(n), labourer, payload: json(`{"n":${n}}`), ...over });

export const tasks = (count: number, over: Partial<NewTask> = {}): readonly NewTask[] => range(count).map((n) => aTask(n, over));

export const keyOf = (n: number): { readonly labourer: string; readonly id: string } => ({ labourer, id: idOf(n) });

export const ids = (list: readonly { readonly id: string }[]): readonly string[] => list.map(({ id }) => id);

let tokens = 0;
/** A token that no case has used before. */
export const newToken = (): string => {
  tokens += 1;
  return `token-${tokens}`;
};

export const request = (over: Partial<ClaimRequest> = {}): ClaimRequest => ({
  labourer,
  token: newToken(),
  cap: PLENTY,
  limit: PLENTY,
  lease: LEASE,
  ...over,
});

/** Claims once earlier writes have settled: what C3 and C6 promise holds only then. */
export const claim = async (bench: StoreBench, over: Partial<ClaimRequest> = {}): Promise<ClaimAnswer> => {
  await bench.settled?.();
  return bench.store.claim(request(over));
};

export const claimed = async (bench: StoreBench, over: Partial<ClaimRequest> = {}): Promise<readonly Lease[]> =>
  (await claim(bench, over)).leases;

/** Enqueues so many tasks and claims them all. */
export const held = async (bench: StoreBench, count: number, over: Partial<ClaimRequest> = {}): Promise<readonly Lease[]> => {
  await bench.store.enqueue(tasks(count));
  return claimed(bench, { cap: count, limit: count, ...over });
};

export const completed = (attempt: AttemptRef, result?: string): Verdict => ({
  ...refOf(attempt),
  kind: 'completed',
  ...(result !== undefined && { result: json(result) }),
});
export const retry = (attempt: AttemptRef, after: Millis = 0, error: string = 'failed'): Verdict & { readonly kind: 'retry' } => ({
  ...refOf(attempt),
  kind: 'retry',
  after,
  error,
});
export const dead = (attempt: AttemptRef, error: string = 'spent'): Verdict & { readonly kind: 'dead' } => ({
  ...refOf(attempt),
  kind: 'dead',
  error,
});
export const released = (attempt: AttemptRef, after?: Millis): Verdict => ({
  ...refOf(attempt),
  kind: 'released',
  ...(after !== undefined && { after }),
});

export const settleOne = async (store: Store, verdict: Verdict): Promise<string | undefined> => (await store.settle([verdict]))[0];

/** Moves the time by a wait and the store's guard band: what is to happen after the wait has happened for every clock then. */
export const pass = ({ store, clock }: StoreBench, wait: Millis): Promise<void> => clock.advance(wait + store.capabilities.clockGuard);

/** Leases past their deadline, once earlier writes have settled. */
export const expired = async (bench: StoreBench, limit: number = PLENTY): Promise<readonly Lease[]> => {
  await bench.settled?.();
  return bench.store.expired([labourer], limit);
};

export const find = ({ store }: StoreBench, n: number): Promise<TaskRecord | undefined> => store.find(keyOf(n));

/** The first of a list that a case has just filled. */
export const first = <T>(list: readonly T[]): T => {
  const [one] = list;
  if (one === undefined) throw new Error('the store gave nothing where there must be one');
  return one;
};

/** Claims, settles as said, and claims again: attempts of one task, one after the other. */
export const attemptsOf = async (bench: StoreBench, count: number, say: (lease: Lease, n: number) => Verdict): Promise<void> => {
  for (const n of range(count)) await bench.store.settle([say(first(await claimed(bench, { limit: 1 })), n)]);
};
