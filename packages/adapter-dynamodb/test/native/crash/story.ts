import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbNativeTaskStore } from '../../../src/index.ts';
import { isPlaceName } from '../../../src/ledger/place.ts';
import { isEnded, stateOf } from '../../../src/native/codec/home-row.ts';
import { isPending } from '../../../src/native/codec/lasting.ts';
import { Stage } from '../../crash/stage.ts';
import { Items } from './items.ts';
import { type Player, Plays } from './plays.ts';
import { type Meddle, Traffic } from './traffic.ts';
import { type Cap, Watch } from './watch.ts';
import { GUARD, type Weather, World, weatherOf } from './world.ts';

export interface StoryOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Before the names of its labourers and tasks: stories share their table. */
  readonly prefix: string;
  readonly seed: number;
  /** Requests of the storm. */
  readonly steps?: number;
  readonly meddle?: Meddle;
  /** What of the weather is not left to the dice. */
  readonly weather?: Partial<Weather>;
  /** How many of the last events to tell. */
  readonly events?: number;
}

export interface Told {
  readonly seed: number;
  readonly weather: Weather;
  readonly problems: readonly string[];
  readonly events: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Rounds of tidying up after the storm: more than any task has attempts left. */
const ROUNDS = 40;

/**
 * One story: processes enqueue, claim, settle, renew, sweep and keep house all at once, each request is let go when the dice say
 * so, and may meet a fate. Then all processes die, the storm is over, and one new process has to bring everything to its end.
 */
class Story {
  readonly #options: StoryOptions;
  readonly #world: World;
  readonly #weather: Weather;
  readonly #items = new Items();
  readonly #watch: Watch;
  readonly #traffic: Traffic;
  readonly #plays: Plays;
  readonly #stage: Stage<Player>;
  #players: Player[] = [];
  #force: Cap | undefined;
  #names = 0;

  constructor(options: StoryOptions) {
    this.#options = options;
    const world = new World(options.seed);
    const weather = { ...weatherOf(world), ...options.weather };
    const watch = new Watch(world, weather, this.#items);
    const parts = { world, weather, watch, items: this.#items };
    this.#traffic = new Traffic(options.client, parts, (process, key) => watch.onWrite(process, key), options.meddle);
    this.#plays = new Plays(options.prefix, parts);
    this.#stage = new Stage(
      () => this.#traffic.step(),
      (problem) => watch.bad(problem),
    );
    [this.#world, this.#weather, this.#watch] = [world, weather, watch];
    this.#traffic.onCrash = (process) => {
      this.#players = this.#players.map((each) => (each === process ? this.#player() : each));
    };
  }

  async tell(): Promise<Told> {
    await this.#storm(this.#options.steps ?? 300);
    if (this.#watch.problems.length === 0) await this.#calm();
    const { problems } = this.#watch;
    const events = this.#world.last(this.#options.events ?? 60);
    return { seed: this.#options.seed, weather: this.#weather, problems, events, counts: this.#traffic.counts };
  }

  async #storm(steps: number): Promise<void> {
    this.#force = { cap: this.#plays.cap, process: this.#player() };
    this.#watch.caps.add(this.#force);
    this.#players = Array.from({ length: this.#weather.processes }, () => this.#player());
    for (let step = 0; step < steps && this.#watch.problems.length === 0; step += 1) {
      for (const player of this.#players) if (player.busy < 2 && this.#world.happens(0.4)) this.#stage.play(player, this.#plays.any);
      await this.#traffic.step();
      if (this.#world.happens(0.01)) this.#plays.cap = Math.max(1, this.#weather.cap - 2 + this.#world.int(5));
      this.#forgetCaps();
    }
  }

  /** Everybody dies; what is on the wire lands. */
  async #calm(): Promise<void> {
    for (const player of this.#players) player.isDead = true;
    while (await this.#traffic.step());
    this.#forgetCaps();
    this.#traffic.isStormy = false;
    const last = this.#player();
    for (let round = 0; round < ROUNDS && this.#watch.problems.length === 0; round += 1) {
      if (round > 0 && this.#leftOver().length === 0) break;
      await this.#tidy(last);
    }
    for (const each of this.#leftOver()) this.#watch.bad(each);
    if (this.#watch.problems.length === 0) await this.#stage.alone(last, (player) => this.#isListed(player));
    if (this.#watch.problems.length === 0) await this.#stage.alone(last, (player) => this.#isFollowed(player));
  }

  async #tidy(player: Player): Promise<void> {
    this.#world.now += 3 * this.#weather.lease + 400_000;
    for (let more = true, pages = 0; more && pages < 20; pages += 1)
      more = (await this.#stage.alone(player, this.#plays.maintain))?.more === true;
    for (let pages = 0; pages < 20; pages += 1) if (((await this.#stage.alone(player, this.#plays.sweep)) ?? 0) === 0) break;
    this.#world.now += 11_000;
    for (let looks = 0; looks < 10; looks += 1) {
      // Who is not named has nothing to do: if he has, what he has is never claimed.
      const due = (await this.#stage.alone(player, this.#plays.look)) ?? new Set();
      for (const labourer of this.#plays.labourers.filter((each) => due.has(each))) {
        const leases = (await this.#stage.alone(player, () => this.#plays.claimOf(player, labourer, 10))) ?? [];
        await this.#stage.alone(player, () => this.#plays.complete(player, leases));
      }
    }
  }

  #leftOver(): readonly string[] {
    const own = this.#plays.labourers;
    const places = own.flatMap((each) => this.#items.of(`s#${each}#`)).flatMap((row) => Object.keys(row).filter(isPlaceName));
    const parts = ['', 3, 9].flatMap((n) => [`p${n}`, `pk${n}`]);
    const pointers = own
      .flatMap((each) => [...parts, 'k'].flatMap((part) => this.#items.of(`${part}#${each} `)))
      .map((row) => row['sk']?.S);
    const tasks = new Map(this.#items.tasks().map((each) => [each.id, each]));
    const lost = [...this.#plays.known.keys()].filter((id) => !tasks.has(id)).map((id) => `${id} was answered for and is nowhere`);
    const open = [...tasks.values()].filter(({ row }) => !isEnded(row)).map(({ id, row }) => `${id} never ended: ${stateOf(row)}`);
    return [
      ...places.map((each) => `the place ${each} is left over`),
      ...pointers.map((each) => `the pointer ${each} is left over`),
      ...lost,
      ...open,
    ];
  }

  /** What has ended is in the lists of what has ended, once, the newest first. */
  async #isListed({ store }: Player): Promise<void> {
    for (const labourer of this.#plays.labourers) {
      const wanted = this.#items.tasks().filter(({ home }) => home.labourer === labourer);
      const listed: string[] = [];
      for (const state of ['completed', 'dead', 'cancelled', 'dropped'] as const) {
        let latest = Number.POSITIVE_INFINITY;
        let cursor: string | undefined;
        do {
          const page = await store.list({ labourer, state, limit: 3, ...(cursor !== undefined && { cursor }) });
          for (const task of page.tasks) {
            listed.push(task.id);
            const at = task.state === state ? task.endedAt : Number.POSITIVE_INFINITY;
            if (at > latest) this.#watch.bad(`${task.id} ended later than what is listed before it`);
            latest = at;
          }
          ({ cursor } = page);
        } while (cursor !== undefined);
      }
      const missing = wanted.filter(({ id }) => !listed.includes(id)).map(({ id }) => id);
      if (missing.length > 0) this.#watch.bad(`${missing.join(', ')} ended and listed nowhere`);
      if (new Set(listed).size !== listed.length) this.#watch.bad(`ends are listed twice: ${listed.join(', ')}`);
    }
  }

  /** Each end that something follows from is in the outbox until it is taken out, and nothing is left there then. */
  async #isFollowed({ store }: Player): Promise<void> {
    const own = this.#plays.labourers;
    const pending = this.#items.tasks().filter(({ row }) => isPending(row));
    const told = await this.#plays.takeOut(store, 1_000);
    if (
      told.toSorted().join() !==
      pending
        .map(({ id }) => id)
        .toSorted()
        .join()
    )
      this.#watch.bad(`to be followed: ${told.join(', ')}, where ${pending.map(({ id }) => id).join(', ')} are right`);
    if ((await store.outbox(own, 1_000)).length > 0) this.#watch.bad('an end is in the outbox that was taken out');
    const left = own.flatMap((each) => this.#items.of(`o#${each} `)).length;
    if (left > 0) this.#watch.bad(`${left} items of the outbox are left over`);
  }

  #player(): Player {
    this.#names += 1;
    const half = GUARD / 2;
    const process = { name: `p${this.#names}`, skew: this.#world.int(2 * half + 1) - half, isDead: false, busy: 0 };
    const clock = { now: () => this.#world.now + process.skew, sleep: async () => {} };
    const chance = { id: () => `${this.#options.prefix}${process.name}`, random: () => this.#world.chance.random() };
    const { table } = this.#options;
    const store = new DynamoDbNativeTaskStore({
      client: this.#traffic.clientOf(process),
      nativeTable: table,
      clock,
      chance,
      clockGuard: GUARD,
    });
    return Object.assign(process, { store });
  }

  #forgetCaps(): void {
    const { caps } = this.#watch;
    for (const each of caps) if (each.process.isDead && !this.#traffic.isWaitedFor(each.process)) caps.delete(each);
    if (this.#force && this.#force.cap !== this.#plays.cap) {
      caps.delete(this.#force);
      this.#force = { cap: this.#plays.cap, process: this.#force.process };
      caps.add(this.#force);
    }
  }
}

export const tellStory = (options: StoryOptions): Promise<Told> => new Story(options).tell();
