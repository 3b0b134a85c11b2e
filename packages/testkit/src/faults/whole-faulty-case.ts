import assert from 'node:assert/strict';
import { type End, type ExpiryVerdict, type JsonText, type Lease, ReeveError, refOf, type Verdict } from '@reeve/core';
import { Stream } from '../sim/stream.ts';
import type { WholeBench, WholeCase, WholeStore } from '../store/bench.ts';
import { faultyStore } from './faulty-store.ts';
import { caseFaults } from './store-faults.ts';

const LABOURER = 'operated-under-faults';
const COUNTER = 'counter-under-faults';
const CAP = 4;
const PER_KEY = 1;
const KEYS = 4;
const TASKS = 36;
const CLIENTS = 5;
/** Rounds after the faults, by the end of which everything has to have ended. */
const LAST_ROUNDS = 80;

/**
 * As `faultyCase`, with an operator among the clients, tasks that run out of time, a counter in the register, and somebody who sees to
 * what follows. What was ended, and nobody queued again, stays as it was ended; each end is seen in the outbox; no count is lost.
 */
export const wholeFaultyCase = (seed: number, rounds: number = 80): WholeCase => ({
  promise: 'all',
  title: `${rounds} rounds with an operator among the clients, with calls lost, doubled and cut in half (seed ${seed})`,
  run: async (bench) => {
    const play = new OperatedPlay(bench, seed);
    for (let round = 0; round < rounds + LAST_ROUNDS; round += 1) {
      await play.round(round < rounds);
      if (round > rounds && (await play.isOver())) break;
    }
    await play.finish();
  },
});

/** Every third is never queued again once it has ended. */
const isFinal = (id: string): boolean => Number(id.slice(id.lastIndexOf('-') + 1)) % 3 === 0;

const idOf = (n: number): string => `operated-${n}`;

class OperatedPlay {
  readonly #bench: WholeBench;
  readonly #draw: Stream;
  readonly #faulty: readonly WholeStore[];
  /** A copy of a redrive that comes after the end would queue a task that nobody serves any more. */
  readonly #withoutCopies: readonly WholeStore[];
  readonly #unit: number;
  #calls = 0;
  readonly #held: Lease[] = [];
  readonly #confirmed = new Set<string>();
  /** How a task was ended, as its answer said. */
  readonly #ended = new Map<string, End['state']>();
  readonly #seen = new Map<string, Map<number, End['state']>>();
  readonly #raised = new Set<string>();
  /** When tasks that were queued again had ended before. */
  readonly #formerEnds = new Map<string, number>();

  constructor(bench: WholeBench, seed: number) {
    this.#bench = bench;
    this.#draw = new Stream(seed, 'operated');
    this.#unit = 10_000 + 2 * bench.store.capabilities.clockGuard;
    const behind = (faults: typeof caseFaults, name: string): readonly WholeStore[] =>
      [bench.store, bench.peer].map((store, n) =>
        faultyStore(store, { clock: bench.clock, chance: new Stream(seed, `${name}-${n}`), faults }),
      );
    this.#faulty = behind(caseFaults, 'way');
    this.#withoutCopies = behind({ ...caseFaults, late: 0 }, 'redrive');
  }

  async round(isFaulty: boolean): Promise<void> {
    const clients = Array.from({ length: CLIENTS }, () => this.#draw.below(2));
    await Promise.all(clients.map((n) => (isFaulty ? this.#act(n) : this.#finishOff(n))));
    const { tasks } = await this.#bench.peer.list({ labourer: LABOURER, state: 'running', limit: 100 });
    const now = this.#bench.clock.now();
    const live = tasks.filter((each) => each.state === 'running' && each.deadline > now);
    assert.ok(live.length <= CAP, `${live.length} leases run under a cap of ${CAP}`);
    const isUnlimited = this.#bench.store.capabilities.lacks?.includes('C11') === true;
    for (const key of new Set(live.map((each) => each.key))) {
      const runs = live.filter((each) => each.key === key).length;
      assert.ok(key === undefined || isUnlimited || runs <= PER_KEY, `${runs} leases with the key ${key} run where ${PER_KEY} may`);
    }
    await this.#compareEnds();
    // Now and then the time stands still: then a task ends, is queued again and ends, all at one instant of the clock. Not when all is to
    // come to its end: a store may look after some minutes only for what a crash left.
    const standsStill = isFaulty && this.#draw.happens(0.6);
    await this.#bench.clock.advance(this.#unit * (standsStill ? 0 : this.#draw.between(1, 2)));
    await this.#bench.settled?.();
  }

  /** An end comes after the one before it, also while the time stands still. */
  async #compareEnds(): Promise<void> {
    for (const [id, former] of this.#formerEnds) {
      const record = await this.#bench.peer.find({ labourer: LABOURER, id });
      if (!record || !('endedAt' in record)) continue;
      assert.ok(record.endedAt > former, `${id} ended at ${record.endedAt}, and before it was queued again at ${former}`);
      this.#formerEnds.delete(id);
    }
  }

  async isOver(): Promise<boolean> {
    const [counts] = await this.#bench.store.census([LABOURER]);
    const open = counts ? counts.due + counts.waiting + counts.running + counts.expired : 1;
    return this.#confirmed.size === TASKS && open === 0 && (await this.#bench.store.outbox([LABOURER], 1)).length === 0;
  }

  async finish(): Promise<void> {
    for (let n = 0; n < TASKS; n += 1) {
      const id = idOf(n);
      const record = await this.#bench.peer.find({ labourer: LABOURER, id });
      assert.ok(record && 'endedAt' in record, `${id} is ${record?.state ?? 'not there'} in the end`);
      const seen = this.#seen.get(id) ?? new Map<number, End['state']>();
      assert.equal(seen.get(record.endedAt), record.state, `the end of ${id} was never in the outbox`);
      if (!isFinal(id)) continue;
      assert.equal(seen.size, 1, `${id} ended once, and had ${seen.size} ends in the outbox`);
      const said = this.#ended.get(id);
      if (said !== undefined) assert.equal(record.state, said, `${id} was ended as an answer said`);
    }
    const [entry] = (await this.#bench.peer.look([COUNTER])).entries;
    const least = Math.max(0, ...[...this.#raised].map(Number));
    assert.ok(Number(entry?.value ?? 0) >= least, `the counter was at ${least}, and is at ${entry?.value} in the end`);
  }

  /** Whatever comes back as a fault is one: the client goes on. */
  async #act(n: number): Promise<void> {
    const store = this.#faulty[n] as WholeStore;
    const claim = () => this.#claim(store);
    const settle = () => this.#settle(store);
    const raise = () => this.#raise(store);
    const redrive = () => this.#redrive(this.#withoutCopies[n] as WholeStore);
    const others = [() => this.#enqueue(store), raise, raise, () => this.#follow(store), redrive, redrive, redrive];
    const ending = [
      claim,
      claim,
      settle,
      settle,
      () => this.#reap(store),
      () => this.#cancel(store),
      () => this.#cancel(store),
      () => this.#bury(store),
    ];
    try {
      await this.#draw.pick([...others, ...ending])();
    } catch (error) {
      if (!ReeveError.is(error) || error.kind !== 'unavailable') throw error;
    }
  }

  async #finishOff(n: number): Promise<void> {
    const store = n ? this.#bench.peer : this.#bench.store;
    if (this.#confirmed.size < TASKS) await this.#enqueue(store);
    await this.#reap(store);
    const leases = this.#take((await store.claim(this.#request(CAP))).leases);
    const verdicts = leases.map((each): Verdict => ({ ...refOf(each), kind: 'completed' }));
    this.#give(verdicts, await store.settle(verdicts));
    await this.#follow(store);
  }

  #request(limit: number) {
    this.#calls += 1;
    const perKey = this.#bench.store.capabilities.lacks?.includes('C11') ? {} : { perKey: PER_KEY };
    return { labourer: LABOURER, token: `token-${this.#calls}`, cap: CAP, ...perKey, limit, lease: 3 * this.#unit };
  }

  async #enqueue(store: WholeStore): Promise<void> {
    const open = Array.from({ length: TASKS }, (_, n) => n).filter((n) => !this.#confirmed.has(idOf(n)));
    const some = open.slice(0, 1 + this.#draw.below(4));
    const now = this.#bench.clock.now();
    await store.enqueue(
      some.map((n) => ({
        labourer: LABOURER,
        id: idOf(n),
        payload: `{"n":${n}.0}` as JsonText,
        follow: `["after",${n}]` as JsonText,
        priority: n % 4,
        ...(n % (KEYS + 1) !== 0 && { key: `key:${n % (KEYS + 1)}` }),
        ...(n % 5 === 0 && { expiresAt: now + this.#unit }),
      })),
    );
    for (const n of some) this.#confirmed.add(idOf(n));
  }

  async #claim(store: WholeStore): Promise<void> {
    const verdicts = this.#draw.happens(0.5) ? this.#verdicts() : [];
    const { outcomes, leases } = await store.exchange(verdicts, this.#request(1 + this.#draw.below(3)));
    this.#give(verdicts, outcomes);
    this.#take(leases);
  }

  async #settle(store: WholeStore): Promise<void> {
    const verdicts = this.#verdicts();
    this.#give(verdicts, await store.settle(verdicts));
  }

  async #reap(store: WholeStore): Promise<void> {
    const late = await store.expired([LABOURER], 10);
    const verdicts = late.map((each): ExpiryVerdict => ({ ...refOf(each), kind: 'retry', after: 0, error: 'late' }));
    this.#give(verdicts, await store.reap(verdicts));
  }

  async #cancel(store: WholeStore): Promise<void> {
    const keys = this.#keys();
    const outcomes = await store.cancel(keys);
    for (const [n, { id }] of keys.entries()) if (outcomes[n] === 'cancelled') this.#end(id, 'cancelled');
  }

  async #bury(store: WholeStore): Promise<void> {
    const keys = this.#keys();
    const outcomes = await store.bury(keys.map((each) => ({ ...each, error: 'buried' })));
    for (const [n, { id }] of keys.entries()) if (outcomes[n] === 'buried') this.#end(id, 'dead');
  }

  async #redrive(store: WholeStore): Promise<void> {
    const keys = this.#keys().filter(({ id }) => !isFinal(id));
    const before = await Promise.all(keys.map((each) => this.#bench.store.find(each)));
    const outcomes = await store.redrive(keys);
    for (const [n, { id }] of keys.entries()) {
      const record = before[n];
      if (outcomes[n] === 'queued' && record && 'endedAt' in record) this.#formerEnds.set(id, record.endedAt);
    }
  }

  /** With a stamp of its own for each try: what is not answered may have been written or not. */
  async #raise(store: WholeStore): Promise<void> {
    this.#calls += 1;
    // Made before the look: another try may begin while it is under way.
    const stamp = `raise-${this.#calls}`;
    const [entry] = (await store.look([COUNTER])).entries;
    const value = `${Number(entry?.value ?? 0) + 1}` as JsonText;
    const change = { name: COUNTER, value, stamp, expected: entry?.stamp ?? null };
    const { outcomes } = await store.change([change]);
    if (outcomes[0]?.kind !== 'written') return;
    // It only goes up, so each value is of one change.
    assert.ok(!this.#raised.has(value), `two changes that expected the same were written: both made it ${value}`);
    this.#raised.add(value);
  }

  async #follow(store: WholeStore): Promise<void> {
    const ends = await store.outbox([LABOURER], 5);
    for (const { id, endedAt, state } of ends) {
      const seen = this.#seen.get(id) ?? new Map<number, End['state']>();
      const known = seen.get(endedAt);
      assert.ok(known === undefined || known === state, `${id} ended as ${known} and as ${state}, both at ${endedAt}`);
      this.#seen.set(id, seen.set(endedAt, state));
    }
    await store.takeOut(ends);
  }

  #take(leases: readonly Lease[]): readonly Lease[] {
    for (const { id } of leases) assert.ok(!isFinal(id) || !this.#ended.has(id), `${id} was claimed after it had ended`);
    this.#held.push(...leases);
    return leases;
  }

  #give(verdicts: readonly Verdict[], outcomes: readonly string[]): void {
    verdicts.forEach(({ id, kind }, n) => {
      if (outcomes[n] === 'cancelled') this.#end(id, 'cancelled');
      if (outcomes[n] === 'applied' && (kind === 'completed' || kind === 'dead')) this.#end(id, kind);
    });
  }

  /** Exactly one caller sees an end. */
  #end(id: string, state: End['state']): void {
    assert.ok(!isFinal(id) || !this.#ended.has(id), `${id} was ended as ${state}, and as ${this.#ended.get(id)} before`);
    this.#ended.set(id, state);
  }

  #verdicts(): readonly Verdict[] {
    const some = new Map<string, Lease>();
    for (let n = this.#draw.below(4); n > 0 && this.#held.length > 0; n -= 1) {
      const lease = this.#held[this.#draw.between(Math.max(0, this.#held.length - 8), this.#held.length - 1)] as Lease;
      some.set(lease.id, lease);
    }
    return [...some.values()].map((lease): Verdict => {
      const kind = this.#draw.pick(['completed', 'retry', 'retry', 'dead', 'released'] as const);
      if (kind === 'retry') return { ...refOf(lease), kind, after: this.#unit, error: 'failed' };
      if (kind === 'dead') return { ...refOf(lease), kind, error: 'hopeless' };
      return { ...refOf(lease), kind };
    });
  }

  /** Without doubles. */
  #keys(): readonly { readonly labourer: string; readonly id: string }[] {
    // Some tasks are favourites: they end, are queued again and end while the time stands still.
    const ids = new Set(Array.from({ length: 1 + this.#draw.below(3) }, () => idOf(this.#draw.below(this.#draw.happens(0.6) ? 5 : TASKS))));
    return [...ids].map((id) => ({ labourer: LABOURER, id }));
  }
}
