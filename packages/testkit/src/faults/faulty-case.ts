import assert from 'node:assert/strict';
import { type AttemptRef, type ExpiryVerdict, type JsonText, type Lease, ReeveError, refOf, type Verdict } from '@reeve/core';
import { Stream } from '../sim/stream.ts';
import type { Store, StoreBench, StoreCase } from '../store/bench.ts';
import { faultyStore } from './faulty-store.ts';
import { caseFaults } from './store-faults.ts';

const LABOURER = 'under-faults';
const CAP = 3;
const TASKS = 40;
const CLIENTS = 4;
/** Rounds after the faults, by the end of which everything has to have ended. */
const LAST_ROUNDS = 60;

/**
 * Clients who enqueue, claim, report, renew and reap at once over both connections of a bench, with faults on the way; then the faults
 * end, and everything has to come to its end. For a store on a real server, which cannot be simulated: what one round does is drawn from
 * the seed, and how calls of a round interleave is the server's affair.
 */
export const faultyCase = (seed: number, rounds: number = 80): StoreCase => ({
  promise: 'all',
  title: `${rounds} rounds of several clients at once, with calls lost, doubled and cut in half (seed ${seed})`,
  run: async (bench) => {
    const play = new FaultyPlay(bench, seed);
    for (let round = 0; round < rounds + LAST_ROUNDS; round += 1) {
      if (round === rounds) play.endFaults();
      await play.round();
      if (round > rounds && (await play.isOver())) break;
    }
    await play.finish();
  },
});

class FaultyPlay {
  readonly #bench: StoreBench;
  readonly #draw: Stream;
  #connections: readonly Store[];
  readonly #unit: number;
  #isFaulty = true;
  #tokens = 0;
  /** What clients hold, or believe to. */
  readonly #held: Lease[] = [];
  readonly #confirmed = new Set<string>();
  /** The one verdict that ended a task, of those that were answered. */
  readonly #ended = new Map<string, Verdict>();
  readonly #reported = new Map<string, Set<string>>();

  constructor(bench: StoreBench, seed: number) {
    const { clock } = bench;
    this.#bench = bench;
    this.#draw = new Stream(seed, 'under-faults');
    this.#unit = 10_000 + 2 * bench.store.capabilities.clockGuard;
    this.#connections = [bench.store, bench.peer].map((store, n) =>
      faultyStore(store, { clock, chance: new Stream(seed, `way-${n}`), faults: caseFaults }),
    );
  }

  endFaults(): void {
    this.#isFaulty = false;
    this.#connections = [this.#bench.store, this.#bench.peer];
  }

  async round(): Promise<void> {
    const clients = Array.from({ length: CLIENTS }, () => this.#draw.pick(this.#connections));
    await Promise.all(clients.map((each) => (this.#isFaulty ? this.#act(each) : this.#finishOff(each))));
    const running = (await this.#bench.peer.list({ labourer: LABOURER, state: 'running', limit: 100 })).tasks;
    const now = this.#bench.clock.now();
    const live = running.filter((each) => each.state === 'running' && each.deadline > now);
    assert.ok(live.length <= CAP, `${live.length} leases run under a cap of ${CAP}`);
    await this.#bench.clock.advance(this.#unit * this.#draw.below(3));
    await this.#bench.settled?.();
  }

  async isOver(): Promise<boolean> {
    const [counts] = await this.#bench.store.census([LABOURER]);
    return this.#confirmed.size === TASKS && counts !== undefined && counts.due + counts.waiting + counts.running + counts.expired === 0;
  }

  async finish(): Promise<void> {
    for (let n = 0; n < TASKS; n += 1) {
      const id = `faulty-${n}`;
      assert.ok(this.#confirmed.has(id), `${id} could not be enqueued`);
      const record = await this.#bench.store.find({ labourer: LABOURER, id });
      assert.equal(record?.payload, payloadOf(id), `the payload of ${id}`);
      assert.ok(record?.state === 'completed' || record?.state === 'dead', `${id} is ${record?.state} in the end`);
      const verdict = this.#ended.get(id);
      if (verdict) assert.equal(record.state, verdict.kind, `${id} was ended by a verdict that was answered "applied"`);
      if (record.state !== 'completed') continue;
      const said = this.#reported.get(id) ?? new Set();
      assert.ok(said.has(record.result ?? ''), `${id} is kept with the result ${record.result}, which nobody gave`);
      if (verdict?.kind === 'completed') assert.equal(record.result, verdict.result, `the result of ${id}`);
    }
  }

  /** Whatever comes back as a fault is one: the client goes on, and what it held it may hold yet. */
  async #act(store: Store): Promise<void> {
    const acts = [
      () => this.#enqueue(store),
      () => this.#claim(store),
      () => this.#claim(store),
      () => this.#settle(store),
      () => this.#settle(store),
      () => this.#renew(store),
      () => this.#reap(store),
    ];
    try {
      await this.#draw.pick(acts)();
    } catch (error) {
      if (!ReeveError.is(error) || error.kind !== 'unavailable') throw error;
    }
  }

  /** Without faults: all that is left is enqueued, reaped, claimed and done. */
  async #finishOff(store: Store): Promise<void> {
    if (this.#confirmed.size < TASKS) await this.#enqueue(store);
    await this.#reap(store);
    this.#tokens += 1;
    const request = { labourer: LABOURER, token: `token-${this.#tokens}`, cap: CAP, limit: CAP, lease: 3 * this.#unit };
    const { leases } = await store.claim(request);
    this.#take(leases);
    const verdicts = leases.map((lease) => this.#done(lease));
    this.#give(verdicts, await store.settle(verdicts), this.#superseded());
  }

  async #enqueue(store: Store): Promise<void> {
    const open = Array.from({ length: TASKS }, (_, n) => `faulty-${n}`).filter((id) => !this.#confirmed.has(id));
    const ids = open.slice(0, 1 + this.#draw.below(4));
    await store.enqueue(ids.map((id) => ({ labourer: LABOURER, id, payload: payloadOf(id) })));
    for (const id of ids) this.#confirmed.add(id);
  }

  async #claim(store: Store): Promise<void> {
    this.#tokens += 1;
    const request = { labourer: LABOURER, token: `token-${this.#tokens}`, cap: CAP, limit: 1 + this.#draw.below(3), lease: 3 * this.#unit };
    const verdicts = this.#draw.happens(0.5) ? this.#verdicts() : [];
    const old = this.#superseded();
    if (verdicts.length === 0) this.#take((await store.claim(request)).leases);
    else {
      const { outcomes, leases } = await store.exchange(verdicts, request);
      this.#give(verdicts, outcomes, old);
      this.#take(leases);
    }
  }

  async #settle(store: Store): Promise<void> {
    const verdicts = this.#verdicts();
    const old = this.#superseded();
    this.#give(verdicts, await store.settle(verdicts), old);
  }

  async #renew(store: Store): Promise<void> {
    await store.renew(this.#some().map((each) => ({ ...refOf(each), lease: 2 * this.#unit })));
  }

  async #reap(store: Store): Promise<void> {
    const late = await store.expired([LABOURER], 10);
    const verdicts = late.map((each): ExpiryVerdict => ({ ...refOf(each), kind: 'retry', after: 0, error: 'late' }));
    await store.reap(verdicts);
  }

  #take(leases: readonly Lease[]): void {
    for (const lease of leases) {
      const ended = this.#ended.get(lease.id);
      assert.equal(ended, undefined, `${lease.id} was claimed after a verdict had ended it`);
      assert.equal(lease.payload, payloadOf(lease.id), `the payload of ${lease.id}`);
      this.#held.push(lease);
    }
  }

  /** Attempts whose task was claimed anew, as a claim said that has been answered: their word must count for nothing from now on. */
  #superseded(): ReadonlySet<string> {
    const latest = new Map<string, number>();
    for (const { id, claimedAt } of this.#held) latest.set(id, Math.max(claimedAt, latest.get(id) ?? 0));
    return new Set(this.#held.flatMap(({ id, token, claimedAt }) => (claimedAt < (latest.get(id) ?? 0) ? [`${id} ${token}`] : [])));
  }

  #give(verdicts: readonly Verdict[], outcomes: readonly string[], old: ReadonlySet<string>): void {
    verdicts.forEach((verdict, n) => {
      if (outcomes[n] !== 'applied') return;
      assert.ok(!old.has(`${verdict.id} ${verdict.token}`), `a verdict of an old attempt of ${verdict.id} was applied`);
      assert.equal(this.#ended.get(verdict.id), undefined, `${verdict.id} was ended twice`);
      if (verdict.kind === 'completed' || verdict.kind === 'dead') this.#ended.set(verdict.id, verdict);
    });
  }

  #verdicts(): readonly Verdict[] {
    return this.#some().map((lease) => {
      const ref: AttemptRef = refOf(lease);
      const kind = this.#draw.pick(['completed', 'retry', 'retry', 'dead', 'released'] as const);
      if (kind === 'retry') return { ...ref, kind, after: this.#unit, error: 'failed' };
      if (kind === 'dead') return { ...ref, kind, error: 'hopeless' };
      if (kind === 'released') return { ...ref, kind };
      return this.#done(lease);
    });
  }

  #done(lease: Lease): Verdict {
    const result = `{"of":"${lease.token}","n":1.0}` as JsonText;
    this.#reported.set(lease.id, (this.#reported.get(lease.id) ?? new Set()).add(result));
    return { ...refOf(lease), kind: 'completed', result };
  }

  /** A few of those held: mostly late ones, and old ones as well. */
  #some(): readonly Lease[] {
    const some = new Map<string, Lease>();
    for (let n = this.#draw.below(4); n > 0 && this.#held.length > 0; n -= 1) {
      const from = this.#draw.happens(0.8) ? Math.max(0, this.#held.length - 6) : 0;
      const lease = this.#held[this.#draw.between(from, this.#held.length - 1)] as Lease;
      some.set(lease.id, lease);
    }
    return [...some.values()];
  }
}

const payloadOf = (id: string): JsonText => `{"task":"${id}","ratio":1.0,"text":"00123"}` as JsonText;
