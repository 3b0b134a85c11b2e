import type { EpochMs, Labourer, Lease, Millis, Rate } from '@reeve/core';
import type { Model, ModelTask } from '../store/model/model.ts';
import type { Violations } from './violation.ts';
import type { Work, WorkLog } from './work-log.ts';

export interface LimitWatchParts {
  readonly violations: Violations;
  readonly works: WorkLog;
  /** At the instant at which it is asked for. */
  readonly model: () => Model;
  /** Each version of the program's own. */
  readonly versions: () => readonly (readonly Labourer[])[];
  /** How far the instant by which a rate is reckoned may be ahead, where clocks are set to another time. */
  readonly ahead: Millis;
}

/** An attempt that was started, and the instant at which it was asked for: what it was granted, it was granted in between. */
interface Start {
  readonly asked: EpochMs;
  readonly key: string | undefined;
}

/** Every attempt that was granted from `asked` on has taken of the rate since. */
const mostSince = ({ starts, per, burst }: Rate, length: Millis): number => Math.floor(burst + (length * starts) / per + 1e-3);

/** Attempts that are at work, by what labourers are limited by beside their caps: rates, what a key may run, and what they share. */
export class LimitWatch {
  readonly #parts: LimitWatchParts;
  readonly #asked = new Map<string, EpochMs>();
  readonly #starts = new Map<string, Start[]>();
  readonly #begun = new Map<string, Work>();

  constructor(parts: LimitWatchParts) {
    this.#parts = parts;
  }

  /**
   * Somebody is about to look what may be claimed, and then claims with this token.
   * @param behind how far the instant by which it reckons may be behind
   */
  asks(token: string, behind: Millis): void {
    if (!this.#asked.has(token)) this.#asked.set(token, this.#parts.model().now - behind);
  }

  /** A worker begins. An attempt that is delivered twice is one. */
  began(work: Work): void {
    const { lease } = work;
    const name = `${lease.id} ${lease.token}`;
    if (this.#begun.has(name)) return;
    this.#begun.set(name, work);
    const model = this.#parts.model();
    const task = model.tasks.get(lease.id);
    this.#checkRates(lease, task, model.now);
    const busy = this.#busy(model);
    this.#checkKeys(lease.labourer, busy);
    this.#checkResources(busy);
  }

  #checkRates({ labourer, token, id }: Lease, task: ModelTask | undefined, now: EpochMs): void {
    const { works, ahead, violations } = this.#parts;
    const asked = this.#asked.get(token);
    // What the store has lost it does not count.
    if (asked === undefined || asked <= works.rolledBackAt) return;
    const starts = (this.#starts.get(labourer) ?? []).filter((each) => each.asked > works.rolledBackAt);
    this.#starts.set(labourer, starts);
    const start = { asked, key: task?.key };
    starts.push(start);
    const check = (rate: Rate | undefined, some: readonly Start[], what: string): void => {
      if (!rate) return;
      for (const { asked: since } of some) {
        const count = some.filter((each) => each.asked >= since).length;
        const length = now - since;
        if (count <= mostSince(rate, length + ahead)) continue;
        const said = JSON.stringify(rate);
        violations.add(
          'rate',
          `with ${id} ${count} attempts of ${what} were asked for and started within ${length} ms, and the rate is ${said}`,
        );
        return;
      }
    };
    check(this.#agreed(labourer, 'rate'), starts, labourer);
    const { key } = start;
    if (key === undefined) return;
    const ofKey = starts.filter((each) => each.key === key);
    check(this.#agreed(labourer, 'ratePerKey'), ofKey, `${labourer} with the key ${key}`);
  }

  /** What all versions say, if they agree. */
  #agreed<Name extends 'rate' | 'ratePerKey'>(labourer: string, name: Name): Labourer[Name] | undefined {
    const said = this.#all(labourer).map((each) => each[name]);
    const [first] = said;
    return said.every((each) => JSON.stringify(each) === JSON.stringify(first)) ? first : undefined;
  }

  #all(labourer: string): readonly Labourer[] {
    return this.#parts.versions().flatMap((version) => version.filter(({ id }) => id === labourer));
  }

  /** Each attempt once: those that were started and whose lease runs, and those whose worker was not told that it does not. */
  #busy(model: Model): readonly Busy[] {
    const busy = new Map<string, Busy>();
    for (const [name, { lease }] of this.#begun) {
      const task = model.tasks.get(lease.id);
      // A copy of a claim may have made another attempt under this token, which nobody starts.
      if (task?.token !== lease.token || task.attempts !== lease.attempt || !model.isLive(task)) continue;
      busy.set(name, { lease, key: task.key });
    }
    for (const work of this.#parts.works.live) {
      const { lease } = work;
      const task = model.tasks.get(lease.id);
      if (task && this.#isToHear(work)) busy.set(`${lease.id} ${lease.token}`, { lease, key: task.key });
    }
    return [...busy.values()];
  }

  /** It works in a process that can tell it to stop when its lease is over, has not stood still or had its clock set since, and has not told it so. */
  #isToHear({ signal, life: { node }, lease: { claimedAt } }: Work): boolean {
    const since = Math.max(this.#parts.works.rolledBackAt, node.clockSetAt, node.pausedUntil);
    return signal !== undefined && !signal.aborted && since < claimedAt;
  }

  #checkKeys(labourer: string, busy: readonly Busy[]): void {
    const limits = this.#all(labourer).map(({ perKey }) => perKey ?? Number.POSITIVE_INFINITY);
    const most = Math.max(...limits);
    const counts = new Map<string, number>();
    for (const each of busy)
      if (each.lease.labourer === labourer && each.key !== undefined) counts.set(each.key, (counts.get(each.key) ?? 0) + 1);
    for (const [key, count] of counts)
      this.#parts.violations.expect(count <= most, 'cap', () => `${count} workers with the key ${key} are at work where ${most} may`);
  }

  #checkResources(busy: readonly Busy[]): void {
    const [version = []] = this.#parts.versions();
    const held = new Map<string, number>();
    for (const { lease } of busy) {
      // A store that lost its last writes may have lost the units, and been asked for the lease afterwards.
      if ((this.#asked.get(lease.token) ?? 0) <= this.#parts.works.rolledBackAt) continue;
      for (const { resource, units, of } of version.find(({ id }) => id === lease.labourer)?.draws ?? []) {
        const sum = (held.get(resource) ?? 0) + units;
        held.set(resource, sum);
        this.#parts.violations.expect(sum <= of, 'resource', () => `${sum} units of ${resource} are held, and there are ${of}`);
      }
    }
  }
}

interface Busy {
  readonly lease: Lease;
  readonly key: string | undefined;
}
