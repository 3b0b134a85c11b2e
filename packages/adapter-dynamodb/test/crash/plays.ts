import { type JsonText, type Lease, type Millis, type NewTask, type Outcome, refOf, type TaskKey, type Verdict } from '@reeve/core';
import type { DynamoDbTaskStore } from '../../src/dynamodb-task-store.ts';
import type { Process } from './traffic.ts';
import type { Watch } from './watch.ts';
import type { Weather, World } from './world.ts';

/** A process with the store that it uses. */
export interface Player extends Process {
  readonly store: DynamoDbTaskStore;
  /** Calls under way. */
  busy: number;
}

/** As it was enqueued, or replaced. */
export const isPayloadOf = (payload: string, id: string): boolean => (JSON.parse(payload) as { readonly of: unknown }).of === id;

export const idlers = ['idle-1', 'idle-2', 'idle-3', 'idle-4'] as const;

/** What the processes do, and what they have been told so far. */
export class Plays {
  /** Leases that were handed out, some of them to processes that will report late, twice, or never. */
  readonly held: Lease[] = [];
  /** Tasks that were answered for: they must end. */
  readonly known: Set<string> = new Set();
  readonly labourers: readonly string[];
  cap: number;
  readonly #prefix: string;
  readonly #world: World;
  readonly #weather: Weather;
  readonly #watch: Watch;
  #ids = 0;
  #tokens = 0;

  constructor(prefix: string, world: World, weather: Weather, watch: Watch) {
    this.#prefix = prefix;
    this.#world = world;
    this.#weather = weather;
    this.#watch = watch;
    this.cap = weather.cap;
    this.labourers = Array.from({ length: weather.labourers }, (_, n) => `${prefix}lab${n}`);
  }

  readonly any = (player: Player): Promise<unknown> =>
    this.#world.pick([
      ...[this.enqueue, this.enqueue, this.claim, this.claim, this.claim, this.settle, this.settle, this.settle],
      ...[this.exchange, this.sweep, this.renew, this.renew, this.maintain, this.look],
      ...[this.cancel, this.bury, this.redrive, this.redrive, this.replace, this.follow],
    ])(player);

  readonly enqueue = async ({ store }: Player): Promise<void> => {
    const { now } = this.#world;
    const tasks = Array.from({ length: 1 + this.#world.int(3) }, (): NewTask => {
      const wait = this.#world.pick([0, 0, 0, this.#world.int(30_000), -this.#world.int(20_000), 200_000]);
      const id = this.#world.happens(0.2) && this.known.size > 0 ? this.#world.pick([...this.known]) : this.newId();
      return {
        id,
        labourer: this.#labourerOf(id),
        payload: JSON.stringify({ of: id }) as JsonText,
        ...(wait !== 0 && { due: now + wait }),
        ...(this.#world.happens(0.3) && { priority: this.#world.int(10) }),
        ...(this.#world.happens(0.15) && { expiresAt: now + this.#world.int(20_000) }),
        ...(this.#world.happens(0.3) && { follow: JSON.stringify({ after: id }) as JsonText }),
        ...(this.#world.happens(this.#weather.keys) && { key: this.#world.pick(['a', 'b', 'c c']) }),
      };
    });
    const answers = await store.enqueue(tasks);
    tasks.forEach(({ id }, at) => {
      this.known.add(id);
      if (answers[at] === 'created') this.#watch.created(id);
    });
  };

  readonly claim = async (player: Player): Promise<readonly Lease[]> => this.claimOf(player, this.#world.pick(this.labourers));

  readonly claimOf = async (player: Player, labourer: string, limit: number = 1 + this.#world.int(5)): Promise<readonly Lease[]> => {
    const request = this.#request(labourer, limit);
    const leases = await this.#underCap(player, request.cap, async () => (await player.store.claim(request)).leases);
    this.#take(leases, request);
    return leases;
  };

  readonly settle = async ({ store }: Player): Promise<void> => {
    const verdicts = this.#verdicts();
    this.#watch.tried(verdicts);
    if (verdicts.length > 0) this.#told(verdicts, await store.settle(verdicts));
  };

  readonly exchange = async (player: Player): Promise<void> => {
    const verdicts = this.#verdicts();
    this.#watch.tried(verdicts);
    const request = this.#request(this.#world.pick(this.labourers), 1 + this.#world.int(3));
    const { leases, outcomes } = await this.#underCap(player, request.cap, () => player.store.exchange(verdicts, request));
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
    this.#watch.tried(verdicts);
    if (verdicts.length > 0) this.#told(verdicts, await store.reap(verdicts));
    return verdicts.length;
  };

  readonly renew = async ({ store }: Player): Promise<void> => {
    if (this.held.length === 0) return;
    const lease = (): Millis => this.#weather.lease * (this.#weather.shortens ? this.#world.pick([0.2, 1, 3]) : 1);
    const renewals = [this.#world.pick(this.held), this.#world.pick(this.held)].map((each) => ({ ...refOf(each), lease: lease() }));
    const outcomes = await store.renew(renewals);
    renewals.forEach((each, at) => {
      this.#watch.renewed(each, outcomes[at]);
    });
  };

  readonly maintain = ({ store }: Player): Promise<{ readonly more: boolean }> => store.maintain(this.labourers);

  readonly look = ({ store }: Player): Promise<ReadonlySet<string>> => store.labourersWithDue([...this.labourers, ...idlers]);

  readonly cancel = async ({ store }: Player): Promise<void> => void (await store.cancel(this.#some()));

  readonly bury = async ({ store }: Player): Promise<void> =>
    void (await store.bury(this.#some().map((key) => ({ ...key, error: 'no more' }))));

  readonly redrive = async ({ store }: Player): Promise<void> => {
    const redrives = this.#some().map((key) => ({ ...key, after: this.#world.pick([0, 0, this.#world.int(20_000)]) }));
    this.#watch.redriving(redrives);
    await store.redrive(redrives);
  };

  readonly replace = async ({ store }: Player): Promise<void> => {
    const version = this.#world.int(1_000);
    await store.replace(this.#some().map((key) => ({ ...key, payload: JSON.stringify({ of: key.id, version }) as JsonText })));
  };

  /** Sees what is in the outbox, and takes out what it has seen. @returns how many that were */
  readonly follow = async ({ store }: Player): Promise<number> => {
    const ends = await store.outbox(this.labourers, 1 + this.#world.int(5));
    for (const end of ends) this.#watch.seen(end);
    await store.takeOut(ends);
    return ends.length;
  };

  readonly complete = async ({ store }: Player, leases: readonly Lease[]): Promise<void> => {
    const verdicts = leases.map((each) => ({ ...refOf(each), kind: 'completed' as const }));
    this.#watch.tried(verdicts);
    if (verdicts.length > 0) this.#told(verdicts, await store.settle(verdicts));
  };

  /** Tasks of whatever state. */
  #some(): readonly TaskKey[] {
    const known = [...this.known];
    if (known.length === 0) return [];
    return [this.#world.pick(known), this.#world.pick(known)].map((id) => ({ labourer: this.#labourerOf(id), id }));
  }

  newId(): string {
    this.#ids += 1;
    return `${this.#prefix}task${this.#ids}`;
  }

  /** A task has one labourer for life. */
  #labourerOf(id: string): string {
    return this.labourers[Number(/\d+$/.exec(id)?.[0]) % this.labourers.length] ?? '';
  }

  #request(labourer: string, limit: number) {
    this.#tokens += 1;
    const cap = this.#weather.disagree && this.#world.happens(0.5) ? Math.max(1, this.cap - 2) : this.cap;
    return { labourer, token: `token-${this.#tokens}`, cap, limit, perKey: this.#weather.perKey, lease: this.#weather.lease };
  }

  /** While a call is under way, tasks may start under the cap that it was given. */
  async #underCap<T>(process: Player, cap: number, call: () => Promise<T>): Promise<T> {
    const own = { cap, process };
    this.#watch.caps.add(own);
    const answer = await call().finally(() => this.#watch.caps.delete(own));
    return answer;
  }

  #take(
    leases: readonly Lease[],
    { token, limit, labourer }: { readonly token: string; readonly limit: number; readonly labourer: string },
  ): void {
    if (leases.length > limit) this.#watch.bad(`${leases.length} leases of at most ${limit}`);
    for (const lease of leases) {
      if (lease.token !== token || lease.labourer !== labourer || !isPayloadOf(lease.payload, lease.id))
        this.#watch.bad(`a lease like none: ${JSON.stringify(lease)}`);
      this.held.push(lease);
    }
  }

  #told(verdicts: readonly Verdict[], outcomes: readonly Outcome[]): void {
    verdicts.forEach((each, at) => {
      this.#watch.decided(each, outcomes[at]);
    });
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
