import assert from 'node:assert/strict';
import type { AttemptRef, ExpiryVerdict, Lease, NewTask, Outcome, Verdict } from '@reeve/core';
import { CountingChance } from '../../counting-chance.ts';
import { assertRecord } from '../assertions.ts';
import type { Store, StoreBench } from '../bench.ts';
import { json, newToken } from '../given.ts';
import { Model } from './model.ts';

const LABOURERS = ['model-a', 'model-b'] as const;
const CAPS = [0, 1, 2, 3, 5, 8] as const;
/** How far a step moves the time, and the grain of every length: above any guard band. */
const unitOf = ({ store }: StoreBench): number => 10_000 + 2 * store.capabilities.clockGuard;

/**
 * Does random things to a store and to the model, and holds their answers against each other.
 *
 * Lengths of time end one guard band before a whole number of units, and the time moves by whole units: no step ever looks at an instant
 * within a band, where a store may answer either way. (With no band, steps fall on the very instants.)
 */
export class Play {
  readonly #bench: StoreBench;
  readonly #model = new Model();
  readonly #chance: CountingChance;
  readonly #unit: number;
  readonly #guard: number;
  /** Every attempt there ever was, so that old and lost ones can be tried again. */
  readonly #attempts: AttemptRef[] = [];
  #ids = 0;
  /** What was done, for whoever reads a failure. */
  readonly log: string[] = [];

  constructor(bench: StoreBench, seed: number) {
    this.#bench = bench;
    this.#chance = new CountingChance(seed);
    this.#unit = unitOf(bench);
    this.#guard = bench.store.capabilities.clockGuard;
    this.#model.now = bench.clock.now();
  }

  async step(): Promise<void> {
    const verbs = [
      ...Array.from({ length: 3 }, () => () => this.#enqueue()),
      ...Array.from({ length: 4 }, () => () => this.#claim()),
      ...Array.from({ length: 4 }, () => () => this.#settle()),
      ...Array.from({ length: 3 }, () => () => this.#exchange()),
      () => this.#renew(),
      ...Array.from({ length: 2 }, () => () => this.#reap()),
      ...Array.from({ length: 2 }, () => () => this.#advance()),
      () => this.#look(),
    ];
    await this.#pick(verbs)();
  }

  /** Every task is where the model has it. */
  async finish(): Promise<void> {
    for (const { id, labourer, payload, state, attempts, token, deadline, due, error, result } of this.#model.tasks.values()) {
      const byState = {
        queued: { due, lastError: error },
        running: { token, deadline, lastError: error },
        completed: { result },
        dead: { error },
      };
      assertRecord(await this.#either().find({ labourer, id }), { payload, state, attempts, ...byState[state] }, 'the last record');
    }
    await this.#look();
  }

  async #enqueue(): Promise<void> {
    const tasks = this.#some(4, (): NewTask => {
      const known = this.#below(5) === 0 && this.#ids > 0;
      const number = known ? this.#below(this.#ids) : this.#ids++;
      const due = this.#below(3) === 0 ? { due: this.#model.now + this.#length(this.#below(4)) } : {};
      // A known id comes with another payload: it must not be written over.
      return { id: `model-${number}`, labourer: this.#pick(LABOURERS), payload: json(`{"from":${this.log.length}}`), ...due };
    });
    this.log.push(`enqueue ${tasks.map(({ id, due }) => `${id}${due === undefined ? '' : ` in ${due - this.#model.now}`}`).join(', ')}`);
    // Over one connection: of two that enqueue within one tick of the clock, no order is promised.
    assert.deepEqual(await this.#bench.store.enqueue(tasks), this.#model.enqueue(tasks));
  }

  async #claim(): Promise<void> {
    const request = this.#request();
    await this.#bench.settled?.();
    const { leases } = await this.#either().claim(request);
    this.#compareClaim(request, leases);
  }

  async #settle(): Promise<void> {
    const verdicts = this.#some(4, () => this.#verdict());
    this.log.push(`settle ${verdicts.map(shown).join(', ')}`);
    this.#compare(await this.#either().settle(verdicts), verdicts);
  }

  async #exchange(): Promise<void> {
    const verdicts = this.#some(3, () => this.#verdict());
    const request = this.#request();
    await this.#bench.settled?.();
    this.log.push(`exchange ${verdicts.map(shown).join(', ')}`);
    if (this.#bench.settled) {
      // What this call gives back its own index may not show yet, so the claim is compared in a call of its own.
      const { outcomes } = await this.#either().exchange(verdicts, { ...request, limit: 0 });
      this.#compare(outcomes, verdicts);
      return;
    }
    const { outcomes, leases } = await this.#either().exchange(verdicts, request);
    this.#compare(outcomes, verdicts);
    this.#compareClaim(request, leases);
  }

  async #renew(): Promise<void> {
    const renewals = this.#some(3, () => ({ ...this.#attempt(), lease: this.#length(1 + this.#below(4)) }));
    this.log.push(`renew ${renewals.map(({ id, token }) => `${id}/${token}`).join(', ')}`);
    const expected = renewals.map((each) => {
      const deadline = this.#model.renew(each);
      return deadline === undefined ? { kind: 'stale' } : { kind: 'renewed', deadline };
    });
    assert.deepEqual(await this.#either().renew(renewals), expected);
  }

  async #reap(): Promise<void> {
    await this.#bench.settled?.();
    const found = await this.#either().expired(LABOURERS, 100);
    const expected = this.#model.expired(LABOURERS);
    this.log.push(`expired ${found.map(({ id }) => id).join(', ')}`);
    assert.deepEqual(
      found.map(({ deadline }) => deadline),
      expected.map(({ deadline }) => deadline),
      'deadlines of the expired',
    );
    assert.deepEqual(found.map(({ id }) => id).sort(), expected.map(({ id }) => id).sort());
    const refs: readonly AttemptRef[] = [...found.slice(0, 2), this.#attempt()];
    const verdicts = refs.map(
      ({ labourer, id, token }): ExpiryVerdict =>
        this.#below(2)
          ? { labourer, id, token, kind: 'dead', error: 'reaped' }
          : { labourer, id, token, kind: 'retry', after: this.#length(this.#below(3)), error: 'late' },
    );
    this.log.push(`reap ${verdicts.map(shown).join(', ')}`);
    const said = await this.#either().reap(verdicts);
    assert.deepEqual(
      said.map(settledOrNot),
      verdicts.map((each) => settledOrNot(this.#model.reap(each))),
    );
  }

  async #advance(): Promise<void> {
    const by = this.#unit * (1 + this.#below(3));
    this.log.push(`advance ${by}`);
    await this.#bench.clock.advance(by);
    this.#model.now += by;
  }

  async #look(): Promise<void> {
    await this.#bench.settled?.();
    assert.deepEqual(
      await this.#either().census(LABOURERS),
      LABOURERS.map((each) => this.#model.census(each)),
    );
    const named = await this.#either().labourersWithDue(LABOURERS);
    for (const each of LABOURERS)
      if (this.#model.census(each).due > 0) assert.ok(named.has(each), `${each} has due tasks and is not named`);
  }

  #compareClaim(
    request: { readonly labourer: string; readonly token: string; readonly cap: number; readonly limit: number; readonly lease: number },
    leases: readonly Lease[],
  ): void {
    const { labourer, token, cap, limit, lease } = request;
    this.log.push(`claim for ${labourer}, cap ${cap}, limit ${limit}: ${leases.map(({ id }) => id).join(', ')}`);
    assert.deepEqual(
      leases.map(({ id }) => id),
      this.#model.claim(labourer, token, cap, limit, lease),
      `claimed, cap ${cap}, limit ${limit}`,
    );
    for (const each of leases) {
      const task = this.#model.tasks.get(each.id);
      assert.deepEqual([each.attempt, each.payload, each.deadline], [task?.attempts, task?.payload, task?.deadline]);
      this.#attempts.push({ labourer, id: each.id, token });
    }
  }

  #compare(outcomes: readonly Outcome[], verdicts: readonly Verdict[]): void {
    assert.deepEqual(
      outcomes,
      verdicts.map((each) => this.#model.settle(each)),
    );
  }

  #request() {
    return {
      labourer: this.#pick(LABOURERS),
      token: newToken(),
      cap: this.#pick(CAPS),
      limit: this.#below(5),
      lease: this.#length(1 + this.#below(4)),
    };
  }

  #verdict(): Verdict {
    const ref = this.#attempt();
    const after = this.#length(this.#below(3));
    const kinds: readonly Verdict[] = [
      { ...ref, kind: 'completed', result: json(`[${this.log.length}, 1.0]`) },
      { ...ref, kind: 'retry', after, error: `error ${this.log.length}` },
      { ...ref, kind: 'dead', error: `end ${this.log.length}` },
      { ...ref, kind: 'released', ...(this.#below(2) && { after }) },
    ];
    return this.#pick(kinds);
  }

  /** Mostly a late attempt, sometimes any that ever was, now and then one that never was. */
  #attempt(): AttemptRef {
    const recent = this.#attempts.slice(-8);
    const ref = this.#below(4) ? recent[this.#below(recent.length)] : this.#attempts[this.#below(this.#attempts.length)];
    if (!ref || this.#below(20) === 0)
      return { labourer: this.#pick(LABOURERS), id: `model-${this.#below(this.#ids + 5)}`, token: 'forged' };
    return this.#below(20) === 0 ? { ...ref, labourer: this.#pick(LABOURERS) } : ref;
  }

  #length(units: number): number {
    return Math.max(0, units * this.#unit - this.#guard);
  }

  #either(): Store {
    return this.#below(2) ? this.#bench.store : this.#bench.peer;
  }

  #below(end: number): number {
    return Math.floor(this.#chance.random() * end);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T;
  }

  #some<T>(most: number, make: () => T): readonly T[] {
    return Array.from({ length: this.#below(most + 1) }, make);
  }
}

const shown = ({ id, token, kind }: Verdict): string => `${id}/${token} ${kind}`;

/** Reaping what another has settled in the same way may be called repeated or stale: nothing happened, either way. */
const settledOrNot = (outcome: Outcome): boolean => outcome === 'applied';
