import type { EpochMs } from '@reeve/core';
import { Chaos } from './chaos.ts';
import { finalChecks } from './final-checks.ts';
import { RemoteFleet } from './fleet.ts';
import type { SimOptions } from './options.ts';
import { meddler, Orders } from './producer.ts';
import { daemon, type MakeOrchestrator, type ServiceParts, Services, sweeping, ticking } from './services.ts';
import { memoryForSim, openWatched, type SimStoreFactory } from './sim-store.ts';
import { swarm } from './swarm.ts';
import type { Violation } from './violation.ts';
import { type Story, World } from './world.ts';

export interface SimulateRequest {
  /** A whole number. The same seed with the same options is the same run, event by event. */
  readonly seed: number;
  /** Instead of what the seed draws. */
  readonly options?: Partial<SimOptions>;
  /** Default: core's memory store. */
  readonly store?: SimStoreFactory;
  /** Default: workers that do all that workers have been seen to do. */
  readonly story?: Story;
  /** Something else in the place of core's Orchestrator: a planted fault. */
  readonly makeOrchestrator?: MakeOrchestrator;
}

export interface SimReport {
  readonly seed: number;
  readonly options: SimOptions;
  /** Empty: all held. */
  readonly violations: readonly Violation[];
  /** Two runs that have it in common are the same. */
  readonly hash: string;
  /** The last 200 things that happened, the oldest first, each with its second since the beginning. */
  readonly lastEvents: readonly string[];
  readonly happenings: number;
  /** How much time passed in the simulation, in milliseconds. */
  readonly virtual: number;
  /** How often each fault was dealt, by its name. */
  readonly dealt: Readonly<Record<string, number>>;
  /** How many attempts were started, and how many while an earlier one of their task was still at work. */
  readonly starts: number;
  readonly overlaps: number;
  /** The most timers that fired in one process within one second. */
  readonly mostWakes: number;
}

/** With all faults off everything has to end within so long, in virtual milliseconds. */
const PATIENCE = 15 * 60_000;

/** And what was stopped, within so long: a round that is under way may wait a minute for an answer that never comes, several times over. */
const STOP_PATIENCE = 10 * 60_000;

/**
 * Plays one seed: a safety phase with faults, in which nothing may ever be wrong, then one without, in which everything has to end. All
 * time is virtual. One run at a time in a process.
 */
export const simulate = async ({
  seed,
  options,
  store = memoryForSim,
  story = {},
  makeOrchestrator,
}: SimulateRequest): Promise<SimReport> => {
  const chosen = { ...swarm(seed), ...options };
  const world = new World({ seed, options: chosen, open: openWatched(store), story });
  const onRejection = (error: unknown): void => world.violations.add('rejection', `nobody took ${String(error)}`);
  process.on('unhandledRejection', onRejection);
  try {
    await world.start();
    await play(world, makeOrchestrator);
  } catch (error) {
    // Thrown past all that is simulated: by the store when it is looked at in the end, or by a story.
    world.violations.add('own', error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    process.off('unhandledRejection', onRejection);
    await world.close();
  }
  return reportOf(world);
};

const play = async (world: World, makeOrchestrator: MakeOrchestrator | undefined): Promise<void> => {
  const { scheduler, options, violations } = world;
  const begin: EpochMs = scheduler.now();
  const orders = new Orders(world);
  const services = new Services(world);
  place(world, services, orders, makeOrchestrator);
  const chaos = new Chaos(world, services);
  chaos.begin();
  await scheduler.run(() => world.isOver(), begin + options.safety);
  if (world.isOver()) return;

  world.switchFaultsOff();
  world.tell('all', 'faults are off');
  chaos.reviveAll();
  const isDone = (): boolean => orders.allConfirmed && world.witness.open.length === 0;
  const end = await scheduler.run(() => world.isOver() || isDone(), scheduler.now() + PATIENCE);
  if (world.isOver()) return;
  if (!isDone()) {
    const open = world.witness.open.map(({ id, state, attempts }) => `${id} ${state} after ${attempts}`);
    violations.add('ends', `${end}: ${open.join(', ') || 'not every task could be enqueued'}`);
    return;
  }
  const left = chaos.stopAll();
  await scheduler.run(() => world.isOver() || left() === 0, scheduler.now() + STOP_PATIENCE);
  if (world.isOver()) return;
  const lasting = (): string => world.nodes.flatMap(({ life, name }) => (life ? [name] : [])).join();
  violations.expect(left() === 0, 'stop', () => `these do not end: ${lasting()}`);
  await finalChecks(world, orders);
};

const place = (world: World, services: Services, orders: Orders, makeOrchestrator: MakeOrchestrator | undefined): void => {
  const { options } = world;
  const fleet = options.workers > 0 ? new RemoteFleet(world) : undefined;
  const parts: ServiceParts = { world, fleet, ...(makeOrchestrator && { makeOrchestrator }) };
  const many = (count: number, name: string, maker: Parameters<Services['place']>[1]): void => {
    for (let n = 1; n <= count; n += 1) services.place(`${name}-${n}`, maker);
  };
  if (fleet) {
    const work = (life: Parameters<RemoteFleet['employ']>[0]) => {
      fleet.employ(life);
      return {};
    };
    many(options.workers, 'worker', work);
  }
  many(options.daemons, 'daemon', daemon(parts));
  many(options.ticking, 'ticking', ticking(parts));
  many(options.scavengers, 'scavenger', sweeping(parts));
  for (let n = 0; n < options.producers; n += 1) services.place(`producer-${n + 1}`, orders.producer(n, options.producers));
  if (options.meddling > 0) services.place('meddler', meddler(world));
};

const reportOf = ({ seed, options, violations, history, scheduler, dealt, works, nodes }: World): SimReport => ({
  seed,
  options,
  violations: violations.found,
  hash: history.hash,
  lastEvents: history.lines,
  happenings: scheduler.happened,
  virtual: scheduler.now() - history.start,
  dealt: Object.fromEntries([...dealt].sort(([a], [b]) => (a < b ? -1 : 1))),
  starts: works.starts,
  overlaps: works.overlaps,
  mostWakes: Math.max(...nodes.map(({ mostWakes }) => mostWakes)),
});
