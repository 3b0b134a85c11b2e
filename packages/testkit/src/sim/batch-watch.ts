import type { NewTask } from '@reeve/core';
import type { Model } from '../store/model/model.ts';
import type { Violations } from './violation.ts';
import type { WorkLog } from './work-log.ts';

export interface BatchWatchParts {
  readonly violations: Violations;
  readonly works: WorkLog;
  /** Whether an operator may queue a member again, whose first end is the one that counts. */
  readonly isRedriven: boolean;
}

interface Watched {
  readonly total: number;
  /** Ids of members by their places. */
  readonly members: Map<number, string>;
  readonly finalizers: Set<string>;
}

const STATES = ['completed', 'dead', 'cancelled', 'dropped'] as const;

/** Holds batches against what became of their members, by what is enqueued: members say of which batch they are, and so do finalizers. */
export class BatchWatch {
  readonly #parts: BatchWatchParts;
  readonly #batches = new Map<string, Watched>();

  constructor(parts: BatchWatchParts) {
    this.#parts = parts;
  }

  /** Somebody is about to enqueue it, for the first time or again. */
  ordered(id: string, total: number): void {
    if (!this.#batches.has(id)) this.#batches.set(id, { total, members: new Map(), finalizers: new Set() });
  }

  /** A task that was not known was created. @param forgotten tasks that were known once */
  created({ id, follow, payload }: NewTask, model: Model, forgotten: ReadonlySet<string>): void {
    if (this.#batches.size === 0) return;
    const member = followOf(follow)?.batch;
    if (member) this.#batches.get(member.id)?.members.set(member.index, id);
    const told: unknown = JSON.parse(payload);
    if (!isTold(told)) return;
    const batch = this.#batches.get(told.batch);
    if (batch) this.#finalized(told, id, batch, model, forgotten);
  }

  /** Batches without a finalizer. After the store has lost something they may stay so. */
  get open(): readonly string[] {
    if (this.#isExcused) return [];
    return [...this.#batches].filter(([, { finalizers }]) => finalizers.size === 0).map(([id]) => id);
  }

  get #isExcused(): boolean {
    return Number.isFinite(this.#parts.works.rolledBackAt);
  }

  #finalized(told: Told, id: string, { total, members, finalizers }: Watched, model: Model, forgotten: ReadonlySet<string>): void {
    const { violations, isRedriven } = this.#parts;
    finalizers.add(id);
    if (this.#isExcused) return;
    violations.expect(finalizers.size === 1, 'batch', () => `${told.batch} has the finalizers ${[...finalizers].join()}`);
    const all = [...members.values()];
    // A member that was queued again has ended before.
    const open = all.filter((each) => !forgotten.has(each) && (model.tasks.get(each)?.endedAt ?? 0) === 0);
    violations.expect(
      members.size === total && open.length === 0,
      'batch',
      () => `the finalizer of ${told.batch} came when ${members.size} of ${total} members were there, and these were open: ${open.join()}`,
    );
    const sum = STATES.reduce((counted, state) => counted + told[state], 0);
    violations.expect(
      told.total === total && sum === total,
      'batch',
      () => `the finalizer of ${told.batch} was told ${JSON.stringify(told)}`,
    );
    if (isRedriven || all.some((each) => forgotten.has(each))) return;
    for (const state of STATES) {
      const count = all.filter((each) => model.tasks.get(each)?.state === state).length;
      violations.expect(
        told[state] === count,
        'batch',
        () => `of ${told.batch} ${count} are ${state}, and its finalizer was told ${told[state]}`,
      );
    }
  }
}

type Told = Readonly<Record<(typeof STATES)[number] | 'total', number>> & { readonly batch: string };

const isTold = (told: unknown): told is Told => typeof told === 'object' && told !== null && typeof Reflect.get(told, 'batch') === 'string';

/** What core makes of what is to follow. */
export const followOf = (
  follow: string | undefined,
): { readonly next?: unknown; readonly batch?: { readonly id: string; readonly index: number } } | undefined =>
  follow === undefined ? undefined : JSON.parse(follow);
