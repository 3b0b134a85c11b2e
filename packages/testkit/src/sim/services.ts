import {
  type Clock,
  Doorbell,
  type EcologyProvider,
  Events,
  type Labourer,
  Orchestrator,
  type OrchestratorParts,
  Scavenger,
} from '@reeve/core';
import { limitedFor } from './limited.ts';
import type { Life, SimNode } from './node.ts';
import { Stream } from './stream.ts';
import { weatherOf } from './weather.ts';
import { type Fleet, invokerOf } from './workshop.ts';
import type { World } from './world.ts';

/** What runs in a process: it begins with each life of a node, and may be asked to end. */
export interface Service {
  /** Resolves when it has ended gracefully. Absent where nothing has to end. */
  stop?(): Promise<void>;
}

/** Makes what runs at a node, anew for each of its lives. */
export type ServiceMaker = (life: Life) => Service;

/** What a planted fault may put in the place of core's own. */
export type MakeOrchestrator = (parts: OrchestratorParts) => Pick<Orchestrator, 'tick' | 'run'>;

/** How long a stop waits for what is under way, in virtual milliseconds. Short, so that stops that have to insist are seen as well. */
export const DRAIN = 3_000;
export const GRACE = 1_000;
const ASSESS_EVERY = 5_000;

/** How many rounds of one ticking process may be under way at once: its timer does not wait for the round before. */
const MOST_ROUNDS = 2;

export interface ServiceParts {
  readonly world: World;
  readonly fleet: Fleet | undefined;
}

const orchestratorOf = ({ world, fleet }: ServiceParts, life: Life, doorbell: Doorbell, events: Events) => {
  const ecology: EcologyProvider | undefined = weatherOf(world, life);
  const labourers = versionOf(world, life);
  const parts: OrchestratorParts = {
    labourers,
    store: limitedFor(world, life, world.connect(life), { labourers, events, doorbell }),
    invoker: invokerOf(world, life, fleet),
    clock: life.clock,
    chance: life.chance,
    events,
    doorbell,
    ...(ecology && { ecology: [ecology] }),
  };
  return world.planted.makeOrchestrator?.(parts) ?? new Orchestrator(parts);
};

/** Which version of the program it is that starts: drawn anew at each start. */
const versionOf = (world: World, life: Life): readonly Labourer[] => new Stream(world.seed, `version-${life.name}`).pick(world.versions);

/** Served by a process that runs all the time, with a Scavenger beside it. */
export const daemon =
  (parts: ServiceParts): ServiceMaker =>
  (life) => {
    const { world } = parts;
    const { pollEvery, sweepEvery } = world.options;
    const [doorbell, events] = [new Doorbell(), new Events()];
    const orchestrator = orchestratorOf(parts, life, doorbell, events);
    const labourers = versionOf(world, life);
    const store = limitedFor(world, life, world.connect(life), { labourers, events, doorbell });
    const scavenger = new Scavenger({ labourers, store, clock: life.clock, chance: life.chance, doorbell, events });
    const ending = new AbortController();
    const { signal } = ending;
    life.onDeath(() => world.onClose(() => ending.abort()));
    const run = Promise.all([
      orchestrator.run({ signal, pollEvery, assessEvery: ASSESS_EVERY, drain: DRAIN, grace: GRACE }),
      scavenger.run({ signal, every: sweepEvery, grace: GRACE }),
    ]);
    return {
      stop: async () => {
        ending.abort();
        await run;
        world.violations.expect(life.sleeping === 0, 'stop', () => `${life.name} has ended, and ${life.sleeping} of its timers go on`);
      },
    };
  };

/** Called at intervals, as a function of a cloud is. */
export const atIntervals = (world: World, clock: Clock, every: number, draw: Stream, round: () => Promise<unknown>): Service => {
  let going = true;
  const underWay = new Set<Promise<unknown>>();
  const begin = (): void => {
    if (underWay.size >= MOST_ROUNDS) return;
    const one = round()
      .catch((error: unknown) => world.violations.add('rejection', `a round threw: ${String(error)}`))
      .finally(() => underWay.delete(one));
    underWay.add(one);
  };
  const go = async (): Promise<void> => {
    await clock.sleep(every * draw.random());
    while (going) {
      begin();
      await clock.sleep(every);
    }
  };
  void go();
  return {
    stop: async () => {
      going = false;
      await Promise.all(underWay);
    },
  };
};

export const ticking =
  (parts: ServiceParts): ServiceMaker =>
  (life) => {
    const orchestrator = orchestratorOf(parts, life, new Doorbell(), new Events());
    return atIntervals(parts.world, life.workClock, parts.world.options.tickEvery, life.chance, () => orchestrator.tick());
  };

export const sweeping =
  ({ world }: ServiceParts): ServiceMaker =>
  (life) => {
    const labourers = versionOf(world, life);
    const common = { store: limitedFor(world, life, world.connect(life), { labourers }), clock: life.clock, chance: life.chance };
    const scavenger = new Scavenger({ ...common, labourers, page: 5 });
    return atIntervals(world, life.workClock, world.options.sweepEvery, life.chance, () => scavenger.sweep());
  };

/** The processes of all nodes, and what runs in them. */
export class Services {
  readonly #world: World;
  readonly #makers = new Map<SimNode, ServiceMaker>();
  readonly #running = new Map<SimNode, Service>();

  constructor(world: World) {
    this.#world = world;
  }

  place(name: string, maker: ServiceMaker): void {
    const node = this.#world.addNode(name);
    this.#makers.set(node, maker);
    this.start(node);
  }

  start(node: SimNode): void {
    const maker = this.#makers.get(node);
    if (!maker || node.life) return;
    const life = node.begin();
    life.onDeath(() => {
      this.#running.delete(node);
      this.#world.works.died(life);
    });
    this.#world.tell(life.name, 'begins');
    this.#running.set(node, maker(life));
  }

  /** Gracefully. @returns once it has ended; never, if it crashes before */
  async stop(node: SimNode): Promise<void> {
    await this.#running.get(node)?.stop?.();
    this.#world.tell(node.name, 'has ended');
    node.crash();
  }
}
