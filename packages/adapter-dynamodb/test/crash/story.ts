import type { GreenfieldTables } from '../../src/config/greenfield-tables.ts';
import { DynamoDbTaskStore } from '../../src/dynamodb-task-store.ts';
import { isPlaceName } from '../../src/ledger/place.ts';
import { Layout } from '../../src/rows/layout.ts';
import { endedByUs } from '../../src/rows/read-row.ts';
import { Beside } from './beside.ts';
import { Mirror } from './mirror.ts';
import { isPayloadOf, type Player, Plays } from './plays.ts';
import { Stage } from './stage.ts';
import { type Meddle, type Process, Traffic } from './traffic.ts';
import { Watch } from './watch.ts';
import type { Wire } from './wire.ts';
import { GUARD, type Weather, World, weatherOf } from './world.ts';

export interface StoryOptions {
  readonly wire: Wire;
  readonly tables: GreenfieldTables;
  /** Before the names of its labourers and tasks: stories share their tables. */
  readonly prefix: string;
  readonly seed: number;
  /** Requests of the storm. */
  readonly steps?: number;
  readonly weather?: Partial<Weather>;
  readonly meddle?: Meddle;
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
export class Story {
  readonly #options: StoryOptions;
  readonly #world: World;
  readonly #weather: Weather;
  readonly #mirror: Mirror;
  readonly #watch: Watch;
  readonly #traffic: Traffic;
  readonly #plays: Plays;
  readonly #stage: Stage<Player>;
  readonly #beside: Beside;
  #players: Player[] = [];
  #names = 0;

  constructor(options: StoryOptions) {
    this.#options = options;
    const world = new World(options.seed);
    const weather = { ...weatherOf(world), ...options.weather };
    const mirror = new Mirror(options.tables);
    const watch = new Watch(world, weather, mirror, new Layout(options.tables));
    const traffic = new Traffic({
      wire: options.wire,
      world,
      weather,
      mirror,
      onWrite: (process, table, id) => watch.onWrite(process, table, id),
      onCrash: (process) => this.#replace(process),
      meddle: options.meddle,
    });
    const plays = new Plays(options.prefix, world, weather, watch);
    [this.#world, this.#weather, this.#mirror, this.#watch, this.#traffic, this.#plays] = [world, weather, mirror, watch, traffic, plays];
    this.#stage = new Stage(
      () => traffic.step(),
      (problem) => watch.bad(problem),
    );
    this.#beside = new Beside({ traffic, world, mirror, plays, watch, tables: options.tables }, weather);
  }

  async tell(): Promise<Told> {
    await this.#storm(this.#options.steps ?? 250);
    if (this.#watch.problems.length === 0) await this.#calm();
    const { problems } = this.#watch;
    return {
      seed: this.#options.seed,
      weather: this.#weather,
      problems,
      events: this.#world.last(this.#options.events ?? 60),
      counts: this.#traffic.counts,
    };
  }

  async #storm(steps: number): Promise<void> {
    const force = { cap: this.#plays.cap, process: this.#player() };
    this.#watch.caps.add(force);
    this.#players = Array.from({ length: this.#weather.processes }, () => this.#player());
    for (let step = 0; step < steps && this.#watch.problems.length === 0; step += 1) {
      for (const player of this.#players) if (player.busy < 2 && this.#world.happens(0.4)) this.#stage.play(player, this.#plays.any);
      if (this.#world.happens(0.05)) await this.#beside.move();
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
      if (round > 0 && this.#leftOver().length === 0) return;
      await this.#tidy(last);
    }
    for (const each of this.#leftOver()) this.#watch.bad(each);
  }

  async #tidy(player: Player): Promise<void> {
    this.#world.now += 3 * this.#weather.lease + 70_000;
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
    for (let pages = 0; pages < 100; pages += 1) if (((await this.#stage.alone(player, this.#plays.follow)) ?? 0) === 0) break;
  }

  #leftOver(): readonly string[] {
    const { tasks, closed } = this.#mirror;
    const places = this.#plays.labourers
      .flatMap((each) => this.#mirror.groups(each))
      .flatMap((row) => Object.keys(row).filter(isPlaceName));
    return [
      ...places.map((each) => `the place ${each} is left over`),
      ...[...this.#plays.known].flatMap((id) => this.#fateOf(id, tasks, closed)),
    ];
  }

  #fateOf(id: string, tasks: Mirror['tasks'], closed: Mirror['closed']): readonly string[] {
    const row = tasks.get(id);
    const end = closed.get(id);
    if (!row && !end)
      return [this.#mirror.retry.has(id) ? `${id} waits in sosw's table of retries` : `${id} was answered for and is nowhere`];
    if (row?.['greenfield']) return [`${id} never ended`];
    if (!end) return [`${id} has ended and is not among the closed`];
    const state = endedByUs(row ?? end) ?? 'completed';
    const status = `${(row ?? end)['labourer_id']?.S}_${{ completed: '1', dead: '0', cancelled: 'cancelled', dropped: 'dropped' }[state]}`;
    const wrong =
      end['labourer_id_task_status']?.S !== status || !isPayloadOf(end['payload']?.S ?? 'null', id) || !(Number(end['closed_at']?.N) > 0);
    return wrong ? [`${id} is closed as ${JSON.stringify(end)}, and should be ${status}`] : [];
  }

  #replace(process: Process): void {
    this.#players = this.#players.map((each) => (each === process ? this.#player() : each));
  }

  #player(): Player {
    this.#names += 1;
    const half = GUARD / 2;
    const process = {
      name: `p${this.#names}`,
      skew: this.#world.pick([-half, half, this.#world.int(2 * half + 1) - half]),
      isDead: false,
      busy: 0,
    };
    const clock = { now: () => this.#world.now + process.skew, sleep: async () => {} };
    const chance = { id: () => `${this.#options.prefix}${process.name}`, random: () => 0.5 };
    const { tables } = this.#options;
    const lookForSosw = this.#weather.sosw === 'none' ? 60_000 : this.#world.pick([0, 60_000]);
    const store = new DynamoDbTaskStore({ client: this.#traffic.clientOf(process), tables, clock, chance, clockGuard: GUARD, lookForSosw });
    return Object.assign(process, { store });
  }

  #forgetCaps(): void {
    const { caps } = this.#watch;
    for (const each of caps) if (each.process.isDead && !this.#traffic.isWaitedFor(each.process)) caps.delete(each);
    const [first] = [...caps].filter(({ process }) => process.name === 'p1');
    if (first && first.cap !== this.#plays.cap) {
      caps.delete(first);
      caps.add({ cap: this.#plays.cap, process: first.process });
    }
  }
}

export const tellStory = (options: StoryOptions): Promise<Told> => new Story(options).tell();
