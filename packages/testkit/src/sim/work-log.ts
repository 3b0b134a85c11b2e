import type { AttemptRef, EpochMs, Lease, Report, TaskKey } from '@reeve/core';
import type { Life } from './node.ts';
import type { Violations } from './violation.ts';

/** One worker at work on one delivery of an attempt. */
export interface Work {
  readonly lease: Lease;
  readonly life: Life;
  /** Absent where nobody can tell the worker to stop. */
  readonly signal?: AbortSignal;
}

const nameOf = ({ id, token }: AttemptRef): string => `${id} ${token}`;

/**
 * What workers really did, whatever anybody reports of it: which attempts were started, who is at work, and what each worker said. The
 * store's answers are held against it.
 */
export class WorkLog {
  readonly #violations: Violations;
  readonly #live = new Set<Work>();
  readonly #started = new Map<string, number>();
  readonly #said = new Map<string, Report[]>();
  readonly #released = new Set<string>();
  /** What each task was enqueued with, whenever it was, or was given in its place. */
  readonly #payloads = new Map<string, Set<string>>();
  /** The most that were at work on one labourer's tasks at once, by labourer. */
  readonly most: Map<string, number> = new Map();
  /** How often an attempt began while an earlier one of the same task was still at work. */
  overlaps: number = 0;
  /** When the store last lost what it knew of some attempts. */
  rolledBackAt: EpochMs = Number.NEGATIVE_INFINITY;
  starts: number = 0;

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  /** What a worker of this task has to find. */
  enqueued({ id }: TaskKey, payload: string): void {
    if (!this.#payloads.has(id)) this.#payloads.set(id, new Set([payload]));
  }

  /** A worker may find this payload as well: which of them it must be, the claim knows. */
  replaced({ id }: TaskKey, payload: string): void {
    this.#payloads.get(id)?.add(payload);
  }

  begin(work: Work): void {
    const { lease } = work;
    const name = nameOf(lease);
    const expected = this.#payloads.get(lease.id);
    this.#violations.expect(
      expected?.has(lease.payload) === true,
      'bytes',
      () => `${lease.id} reached its worker as ${lease.payload}, not ${[...(expected ?? [])].join(' or ')}`,
    );
    this.#violations.expect(!this.#released.has(name), 'started', () => `${name} was started after it was given back as never started`);
    for (const other of this.#live) if (other.lease.id === lease.id && other.lease.token !== lease.token) this.#overlap(other, work);
    this.#live.add(work);
    this.starts += 1;
    this.#started.set(name, (this.#started.get(name) ?? 0) + 1);
    let busy = 0;
    for (const each of this.#live) if (each.lease.labourer === lease.labourer) busy += 1;
    if (busy > (this.most.get(lease.labourer) ?? 0)) this.most.set(lease.labourer, busy);
  }

  /** @param report undefined: it ended without a word, as in a crash */
  end(work: Work, report: Report | undefined): void {
    this.#live.delete(work);
    if (!report) return;
    const said = this.#said.get(nameOf(work.lease));
    if (said) said.push(report);
    else this.#said.set(nameOf(work.lease), [report]);
  }

  died(life: Life): void {
    for (const each of this.#live) if (each.life === life) this.#live.delete(each);
  }

  released(ref: AttemptRef): void {
    this.#released.add(nameOf(ref));
  }

  hasStarted(ref: AttemptRef): boolean {
    return this.#started.has(nameOf(ref));
  }

  /** How many attempts of a task were started. */
  startsOf(id: string): number {
    return [...this.#started.keys()].filter((name) => name.startsWith(`${id} `)).length;
  }

  /** What workers of this attempt reported: one word for each time it was delivered. */
  saidOf(ref: AttemptRef): readonly Report[] {
    return this.#said.get(nameOf(ref)) ?? [];
  }

  /** Who is at work now. */
  get live(): readonly Work[] {
    return [...this.#live];
  }

  /**
   * An attempt may outlive its lease, and then the next is at work beside it: nobody can promise otherwise. But in a process that did
   * not stand still, by a clock that was left alone, the earlier one must not have begun after it was lost, and must have been told to
   * stop before its lease was over.
   */
  #overlap(one: Work, beginning: Work): void {
    this.overlaps += 1;
    const isLateStart = beginning.lease.claimedAt < one.lease.claimedAt;
    const earlier = isLateStart ? beginning : one;
    const { life, signal, lease } = earlier;
    const { node } = life;
    const since = lease.claimedAt;
    if (!signal || this.rolledBackAt >= since || node.clockSetAt >= since || node.pausedUntil >= since || (signal.aborted && !isLateStart))
      return;
    const fault = isLateStart ? 'begins after it was lost' : 'was not told to stop';
    this.#violations.add('overlap', `two attempts of ${lease.id} are at work: ${nameOf(lease)} ${fault}`);
  }
}
