import { type JsonText, type Lease, type Millis, type NewTask, type Outcome, refOf, type TaskKey, type Verdict } from '@reeve/core';
import type { DynamoDbNativeTaskStore } from '../../../src/index.ts';
import type { Process } from './traffic.ts';
import type { Watch } from './watch.ts';
import type { Weather, World } from './world.ts';

/** A process with the store that it uses. */
export interface Player extends Process {
  readonly store: DynamoDbNativeTaskStore;
  /** Calls under way. */
  busy: number;
}

/** What the processes do, and what they have been told so far. */
export class Plays {
  /** Leases that were handed out, some of them to processes that will report late, twice, or never. */
  readonly held: Lease[] = [];
  /** Tasks that were answered for: they must end. */
  readonly known: Map<string, string> = new Map();
  /** Ids that were tried, perhaps without an answer: the same again must do no harm. */
  readonly tried: NewTask[] = [];
  readonly labourers: readonly string[];
  cap: number;
  readonly #prefix: string;
  readonly #world: World;
  readonly #weather: Weather;
  readonly #watch: Watch;
  #ids = 0;
  #tokens = 0;

  constructor(prefix: string, { world, weather, watch }: { readonly world: World; readonly weather: Weather; readonly watch: Watch }) {
    this.#prefix = prefix;
    this.#world = world;
    this.#weather = weather;
    this.#watch = watch;
    this.cap = weather.cap;
    this.labourers = Array.from({ length: weather.labourers }, (_, n) => `${prefix}lab${n}`);
  }

  readonly any = (player: Player): Promise<unknown> =>
    this.#world.happens(this.#weather.wishes / 4) ? this.#operate(player) : this.#usual(player);

  readonly #usual = (player: Player): Promise<unknown> =>
    this.#world.pick([
      ...[this.enqueue, this.enqueue, this.claim, this.claim, this.claim, this.settle, this.settle, this.settle],
      ...[this.exchange, this.sweep, this.renew, this.renew, this.maintain, this.look],
    ])(player);

  readonly enqueue = async ({ store }: Player): Promise<void> => {
    const tasks = Array.from({ length: 1 + this.#world.int(3) }, () => this.#task(store));
    this.tried.push(...tasks);
    const answers = await store.enqueue(tasks);
    for (const [at, { id, labourer }] of tasks.entries()) {
      if (!this.known.has(id)) this.known.set(id, labourer);
      if (answers[at] === 'created') {
        this.known.set(id, labourer);
        this.#watch.created(id);
      }
    }
  };

  #task(store: DynamoDbNativeTaskStore): NewTask {
    const { now } = this.#world;
    const wait = this.#world.pick([0, 0, 0, this.#world.int(30_000), -this.#world.int(20_000), 200_000]);
    const due = wait === 0 ? {} : { due: now + wait };
    // Now and then the same again, as whoever had no answer does; or the same id for something else.
    const old = this.#world.happens(0.25) && this.tried.length > 0 ? this.#world.pick(this.tried) : undefined;
    if (old) return this.#world.happens(0.5) ? old : { ...old, ...due, labourer: this.#world.pick(this.labourers) };
    const labourer = this.#world.pick(this.labourers);
    this.#ids += 1;
    const own = this.#world.happens(this.#weather.own) ? store.newId({ labourer, ...(this.#world.happens(0.8) && due) }) : undefined;
    const id = own ?? `${this.#prefix}task${this.#ids}`;
    return { id, labourer, payload: JSON.stringify({ of: id }) as JsonText, ...due, ...this.#wishes(now) };
  }

  #wishes(now: number): Partial<NewTask> {
    const wished = (): boolean => this.#world.happens(this.#weather.wishes);
    return {
      ...(wished() && { priority: this.#world.pick([0, 3, 3, 9]) }),
      ...(wished() && { expiresAt: now + this.#world.int(30_000) }),
      ...(wished() && { follow: '"then"' as JsonText }),
      ...(this.#world.happens(this.#weather.keys) && { key: this.#world.pick(['a', 'a', 'b']) }),
    };
  }

  readonly #operate = async ({ store }: Player): Promise<void> => {
    if (this.tried.length === 0) return;
    const keys = Array.from({ length: 1 + this.#world.int(2) }, () => this.#world.pick(this.tried)).map(({ id, labourer }) => ({
      id,
      labourer,
    }));
    await this.#world.pick([
      () => store.cancel(this.#watch.asking(keys, 'cancelled')),
      () => store.bury(this.#watch.asking(keys, 'dead').map((each) => ({ ...each, error: 'buried' }))),
      () => this.#redrive(store, keys),
      () => this.#redrive(store, keys),
      () => store.replace(keys.map((each) => ({ ...each, payload: JSON.stringify({ of: each.id, now: this.#world.now }) as JsonText }))),
      () => this.takeOut(store, 1 + this.#world.int(4)),
    ])();
  };

  async #redrive(store: DynamoDbNativeTaskStore, keys: readonly TaskKey[]): Promise<void> {
    const after = this.#world.int(20_000);
    const outcomes = await store.redrive(
      this.#watch.asking(keys, 'queued').map((each) => (this.#world.happens(0.5) ? each : { ...each, after })),
    );
    for (const [at, { id }] of keys.entries()) if (outcomes[at] === 'queued') this.#watch.redriven(id);
  }

  /** @returns the ends that it was told of */
  async takeOut(store: DynamoDbNativeTaskStore, limit: number): Promise<readonly string[]> {
    const ends = await store.outbox(this.labourers, limit);
    this.#watch.following(ends);
    await store.takeOut(ends);
    return ends.map(({ id }) => id);
  }

  readonly claim = async (player: Player): Promise<readonly Lease[]> => this.claimOf(player, this.#world.pick(this.labourers));

  readonly claimOf = async (player: Player, labourer: string, limit: number = 1 + this.#world.int(5)): Promise<readonly Lease[]> => {
    const request = this.#request(labourer, limit);
    const leases = await this.#underCap(player, request.cap, async () => (await player.store.claim(request)).leases);
    this.#take(leases, request);
    return leases;
  };

  readonly settle = async ({ store }: Player): Promise<void> => {
    const verdicts = this.#verdicts();
    if (verdicts.length > 0) this.#told(verdicts, await store.settle(this.#watch.saying(verdicts)));
  };

  readonly exchange = async (player: Player): Promise<void> => {
    const verdicts = this.#verdicts();
    const request = this.#request(this.#world.pick(this.labourers), 1 + this.#world.int(3));
    const { leases, outcomes } = await this.#underCap(player, request.cap, () =>
      player.store.exchange(this.#watch.saying(verdicts), request),
    );
    this.#told(verdicts, outcomes);
    this.#take(leases, request);
  };

  readonly sweep = async ({ store, skew }: Player): Promise<number> => {
    const leases = await store.expired(this.labourers, 1 + this.#world.int(5));
    for (const { id, deadline } of leases) {
      if (deadline > this.#world.now + skew) this.#watch.bad(`${id} is said to have expired, and has not`);
    }
    const verdicts = leases.map((lease) =>
      lease.attempt >= 4
        ? { ...refOf(lease), kind: 'dead' as const, error: 'spent' }
        : { ...refOf(lease), kind: 'retry' as const, after: this.#world.int(5_000), error: 'expired' },
    );
    if (verdicts.length > 0) this.#told(verdicts, await store.reap(this.#watch.saying(verdicts)));
    return verdicts.length;
  };

  readonly renew = async ({ store }: Player): Promise<void> => {
    if (this.held.length === 0) return;
    const lease = (): Millis => this.#weather.lease * (this.#weather.shortens ? this.#world.pick([0.2, 1, 3]) : 1);
    const renewals = [this.#world.pick(this.held), this.#world.pick(this.held)].map((each) => ({ ...refOf(each), lease: lease() }));
    const outcomes = await store.renew(renewals);
    for (const [at, each] of renewals.entries()) this.#watch.renewed(each, outcomes[at]);
  };

  readonly maintain = ({ store }: Player): Promise<{ readonly more: boolean }> => store.maintain(this.labourers);

  readonly look = ({ store }: Player): Promise<ReadonlySet<string>> => store.labourersWithDue(this.labourers);

  readonly complete = async ({ store }: Player, leases: readonly Lease[]): Promise<void> => {
    const verdicts = leases.map((each) => ({ ...refOf(each), kind: 'completed' as const }));
    if (verdicts.length > 0) this.#told(verdicts, await store.settle(this.#watch.saying(verdicts)));
  };

  #request(labourer: string, limit: number) {
    this.#tokens += 1;
    return { labourer, token: `token-${this.#tokens}`, cap: this.cap, limit, perKey: this.#weather.perKey, lease: this.#weather.lease };
  }

  /** While a call is under way, tasks may start under the cap that it was given. */
  async #underCap<T>(process: Player, cap: number, call: () => Promise<T>): Promise<T> {
    const own = { cap, process };
    this.#watch.caps.add(own);
    return call().finally(() => this.#watch.caps.delete(own));
  }

  #take(
    leases: readonly Lease[],
    { token, limit, labourer }: { readonly token: string; readonly limit: number; readonly labourer: string },
  ): void {
    if (new Set(leases.map(({ id }) => id)).size < leases.length)
      this.#watch.bad(`a task is given twice: ${leases.map(({ id }) => id).join(', ')}`);
    if (leases.length > limit) this.#watch.bad(`${leases.length} leases of at most ${limit}`);
    for (const lease of leases) {
      if (lease.token !== token || lease.labourer !== labourer || (JSON.parse(lease.payload) as { readonly of: string }).of !== lease.id)
        this.#watch.bad(`a lease like none: ${JSON.stringify(lease)}`);
      this.held.push(lease);
    }
  }

  #told(verdicts: readonly Verdict[], outcomes: readonly Outcome[]): void {
    for (const [at, each] of verdicts.entries()) this.#watch.decided(each, outcomes[at]);
  }

  /** Of leases of whatever age; most are reported on once, some again and again. */
  #verdicts(): readonly Verdict[] {
    const leases = new Set(Array.from({ length: Math.min(this.held.length, 1 + this.#world.int(3)) }, () => this.#world.pick(this.held)));
    return [...leases].map((lease): Verdict => {
      if (this.#world.happens(0.7)) this.held.splice(this.held.indexOf(lease), 1);
      const ref = refOf(lease);
      return this.#world.pick<Verdict>([
        { ...ref, kind: 'completed', result: '{"rows": 1}' as JsonText },
        { ...ref, kind: 'completed' },
        { ...ref, kind: 'retry', after: this.#world.int(20_000), error: 'no' },
        { ...ref, kind: 'released' },
        { ...ref, kind: 'released', after: this.#world.int(20_000) },
        { ...ref, kind: 'dead', error: 'no' },
      ]);
    });
  }
}
