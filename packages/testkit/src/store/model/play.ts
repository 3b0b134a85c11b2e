import assert from 'node:assert/strict';
import type { AttemptRef, ClaimAnswer, ClaimRequest, ExpiryVerdict, Keep, KeyRoom, NewTask, Outcome, Verdict } from '@reeve/core';
import type { Store, StoreBench } from '../bench.ts';
import { forgetAll } from '../forget.ts';
import { json, newToken } from '../given.ts';
import { assertAsModel, assertClaimed } from './compare.ts';
import { Dice } from './dice.ts';
import { Model } from './model.ts';
import { assertForgotten } from './retention.ts';

export const LABOURERS = ['model-a', 'model-b'] as const;
const CAPS = [0, 1, 2, 3, 5, 8] as const;
const PRIORITIES = [0, 1, 1, 5, 9] as const;
const KEYS = ['a', 'a:b', '{a}', undefined] as const;
const PER_KEY = [undefined, undefined, 1, 2, 3] as const;
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
  readonly model: Model = new Model();
  readonly dice: Dice;
  readonly #unit: number;
  readonly #guard: number;
  /** Every attempt there ever was, so that old and lost ones can be tried again. */
  readonly #attempts: AttemptRef[] = [];
  #ids = 0;
  /** What was done, for whoever reads a failure. */
  readonly log: string[] = [];

  constructor(bench: StoreBench, seed: number) {
    this.#bench = bench;
    this.dice = new Dice(seed);
    this.#unit = unitOf(bench);
    this.#guard = bench.store.capabilities.clockGuard;
    this.model.now = bench.clock.now();
  }

  /** @param others steps that a whole store has beside those of every store */
  async step(others: readonly (() => Promise<void>)[] = []): Promise<void> {
    const verbs = [
      ...others,
      ...Array.from({ length: 3 }, () => () => this.#enqueue()),
      ...Array.from({ length: 4 }, () => () => this.#claim()),
      ...Array.from({ length: 4 }, () => () => this.#settle()),
      ...Array.from({ length: 3 }, () => () => this.#exchange()),
      () => this.#renew(),
      ...Array.from({ length: 2 }, () => () => this.#reap()),
      ...Array.from({ length: 2 }, () => () => this.#advance()),
      () => this.#look(),
      ...(this.#lacks('M2') ? [] : [() => this.#forget()]),
    ];
    await this.dice.pick(verbs)();
  }

  /** Every task is where the model has it. */
  async finish(): Promise<void> {
    for (const task of this.model.tasks.values()) assertAsModel(await this.#either().find(task), task);
    await this.#look();
  }

  async #enqueue(): Promise<void> {
    const tasks = this.dice.some(4, (): NewTask => {
      const known = this.dice.below(5) === 0 && this.#ids > 0;
      const number = known ? this.dice.below(this.#ids) : this.#ids++;
      const due = this.dice.below(3) === 0 ? { due: this.model.now + this.length(this.dice.below(4)) } : {};
      const priority = this.dice.below(2) ? { priority: this.dice.pick(PRIORITIES) } : {};
      const expiry = this.dice.below(4) === 0 ? { expiresAt: this.model.now + this.length(this.dice.below(5)) } : {};
      const key = this.#lacks('C11', 'C12') ? undefined : this.dice.pick(KEYS);
      const follow = this.dice.below(3) === 0 ? { follow: json(`["after",${number}]`) } : {};
      // A known id comes with another payload: it must not be written over.
      const payload = json(`{"from":${this.log.length}}`);
      return {
        id: `model-${number}`,
        labourer: this.dice.pick(LABOURERS),
        payload,
        ...(key && { key }),
        ...due,
        ...priority,
        ...expiry,
        ...follow,
      };
    });
    this.log.push(
      `enqueue ${tasks.map(({ id, key = '-', due }) => `${id} of ${key}${due === undefined ? '' : ` in ${due - this.model.now}`}`).join(', ')}`,
    );
    // Over one connection: of two that enqueue within one tick of the clock, no order is promised.
    assert.deepEqual(await this.#bench.store.enqueue(tasks), this.model.enqueue(tasks));
  }

  async #claim(): Promise<void> {
    const request = this.#request();
    await this.#bench.settled?.();
    this.#compareClaim(request, await this.#either().claim(request));
  }

  async #settle(): Promise<void> {
    const verdicts = this.dice.some(4, () => this.#verdict());
    this.log.push(`settle ${verdicts.map(shown).join(', ')}`);
    this.#compare(await this.#either().settle(verdicts), verdicts);
  }

  async #exchange(): Promise<void> {
    const verdicts = this.dice.some(3, () => this.#verdict());
    const request = this.#request();
    await this.#bench.settled?.();
    this.log.push(`exchange ${verdicts.map(shown).join(', ')}`);
    if (this.#bench.settled) {
      // What this call gives back its own index may not show yet, so the claim is compared in a call of its own.
      const none = { ...request, limit: 0 };
      const { outcomes, ...answer } = await this.#either().exchange(verdicts, none);
      this.#compare(outcomes, verdicts);
      this.#compareClaim(none, answer);
      return;
    }
    const { outcomes, ...answer } = await this.#either().exchange(verdicts, request);
    this.#compare(outcomes, verdicts);
    this.#compareClaim(request, answer);
  }

  async #renew(): Promise<void> {
    const renewals = this.dice.some(3, () => ({ ...this.#attempt(), lease: this.length(1 + this.dice.below(4)) }));
    this.log.push(`renew ${renewals.map(({ id, token }) => `${id}/${token}`).join(', ')}`);
    const expected = renewals.map((each) => this.model.renew(each));
    assert.deepEqual(await this.#either().renew(renewals), expected);
  }

  async #reap(): Promise<void> {
    await this.#bench.settled?.();
    const found = await this.#either().expired(LABOURERS, 100);
    const expected = this.model.expired(LABOURERS);
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
        this.dice.below(2)
          ? { labourer, id, token, kind: 'dead', error: 'reaped' }
          : { labourer, id, token, kind: 'retry', after: this.length(this.dice.below(3)), error: 'late' },
    );
    this.log.push(`reap ${verdicts.map(shown).join(', ')}`);
    const said = await this.#either().reap(verdicts);
    assert.deepEqual(
      said.map(settledOrNot),
      verdicts.map((each) => settledOrNot(this.model.reap(each))),
    );
  }

  async #advance(): Promise<void> {
    const by = this.#unit * (1 + this.dice.below(3));
    this.log.push(`advance ${by}`);
    await this.#bench.clock.advance(by);
    this.model.now += by;
  }

  async #look(): Promise<void> {
    await this.#bench.settled?.();
    assert.deepEqual(
      await this.#either().census(LABOURERS),
      LABOURERS.map((each) => this.model.census(each)),
    );
    const named = await this.#either().labourersWithDue(LABOURERS);
    for (const each of LABOURERS) if (this.model.census(each).due > 0) assert.ok(named.has(each), `${each} has due tasks and is not named`);
  }

  async #forget(): Promise<void> {
    const keep = (): Keep => ({
      // Two ends of a task at one instant are some milliseconds apart: no step looks at the instant itself.
      ...(this.dice.below(2) && { age: this.length(1 + this.dice.below(3)) - 100 }),
      ...(this.dice.below(2) && { count: this.dice.below(4) }),
    });
    const retention = new Map(this.dice.some(2, () => [this.dice.pick(LABOURERS), { completed: keep(), others: keep() }] as const));
    this.log.push(`forget ${JSON.stringify([...retention])}`);
    await forgetAll(this.#bench, LABOURERS, retention);
    await assertForgotten(this.model, retention, (task) => this.#either().find(task));
  }

  #compareClaim(request: ClaimRequest, answer: ClaimAnswer): void {
    const { labourer, token } = request;
    const dropped = answer.dropped?.length ? `, and dropped ${answer.dropped.map(({ id }) => id).join(', ')}` : '';
    this.log.push(
      `claim for ${labourer}, cap ${request.cap}, limit ${request.limit}, of a key ${request.perKey}: ${answer.leases.map(({ id }) => id).join(', ')}${dropped}`,
    );
    assertClaimed(this.model, request, answer);
    for (const { id } of answer.leases) this.#attempts.push({ labourer, id, token });
  }

  #compare(outcomes: readonly Outcome[], verdicts: readonly Verdict[]): void {
    // Whether an operator has been at a task since its last claim; its store may or may not remember the words from before.
    const forgotten: boolean[] = [];
    const expected = verdicts.map((each) => {
      forgotten.push(this.model.tasks.get(each.id)?.token === undefined);
      return this.model.settle(each);
    });
    assert.deepEqual(
      outcomes.map((each, n) => (forgotten[n] && each === 'repeated' ? 'stale' : each)),
      expected,
    );
  }

  #request(): ClaimRequest {
    const perKey = this.#lacks('C11', 'C12') ? undefined : this.dice.pick(PER_KEY);
    const room = this.#lacks('C13') || this.dice.below(3) > 0 ? undefined : this.#room();
    return {
      ...(perKey !== undefined && { perKey }),
      ...(room && { room }),
      labourer: this.dice.pick(LABOURERS),
      token: newToken(),
      cap: this.dice.pick(CAPS),
      limit: this.dice.below(5),
      lease: this.length(1 + this.dice.below(4)),
    };
  }

  #room(): KeyRoom {
    const keys = KEYS.filter((key) => key !== undefined);
    const of = new Map(this.dice.some(2, () => [this.dice.pick(keys), this.dice.below(3)] as const));
    return { of, others: 1 + this.dice.below(2) };
  }

  #verdict(): Verdict {
    const ref = this.#attempt();
    const after = this.length(this.dice.below(3));
    const kinds: readonly Verdict[] = [
      { ...ref, kind: 'completed', result: json(`[${this.log.length}, 1.0]`) },
      { ...ref, kind: 'retry', after, error: `error ${this.log.length}` },
      { ...ref, kind: 'dead', error: `end ${this.log.length}` },
      { ...ref, kind: 'released', ...(this.dice.below(2) && { after }) },
    ];
    return this.dice.pick(kinds);
  }

  /** Mostly a late attempt, sometimes any that ever was, now and then one that never was. */
  #attempt(): AttemptRef {
    const recent = this.#attempts.slice(-8);
    const ref = this.dice.below(4) ? recent[this.dice.below(recent.length)] : this.#attempts[this.dice.below(this.#attempts.length)];
    if (!ref || this.dice.below(20) === 0)
      return { labourer: this.dice.pick(LABOURERS), id: `model-${this.dice.below(this.#ids + 5)}`, token: 'forged' };
    return this.dice.below(20) === 0 ? { ...ref, labourer: this.dice.pick(LABOURERS) } : ref;
  }

  /** A task that there is, mostly one of the last; now and then none. */
  someKey(): { readonly labourer: string; readonly id: string } {
    const number = this.dice.below(3) ? this.#ids - 1 - this.dice.below(12) : this.dice.below(this.#ids + 2);
    const id = `model-${number}`;
    const labourer = this.model.tasks.get(id)?.labourer ?? LABOURERS[0];
    return { labourer: this.dice.below(20) ? labourer : this.dice.pick(LABOURERS), id };
  }

  /** So many units of time, ending a guard band early. */
  length(units: number): number {
    return Math.max(0, units * this.#unit - this.#guard);
  }

  /** It may say that it does not keep one of these promises. */
  #lacks(...promises: readonly string[]): boolean {
    const { lacks = [] } = this.#bench.store.capabilities;
    return promises.some((each) => lacks.includes(each));
  }

  #either(): Store {
    return this.dice.below(2) ? this.#bench.store : this.#bench.peer;
  }
}

const shown = ({ id, token, kind }: Verdict): string => `${id}/${token} ${kind}`;

/** Reaping what another has settled in the same way may be called repeated or stale: nothing happened, either way. */
const settledOrNot = (outcome: Outcome): Outcome => (outcome === 'repeated' ? 'stale' : outcome);
