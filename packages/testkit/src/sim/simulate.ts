import type { EpochMs, Millis } from '@reeve/core';
import { isWhole } from '../store/whole.ts';
import { Chaos } from './chaos.ts';
import { finalChecks } from './final-checks.ts';
import { RemoteFleet } from './fleet.ts';
import { following } from './follower.ts';
import { Operations } from './operations.ts';
import type { SimOptions } from './options.ts';
import { meddler, Orders } from './producer.ts';
import { daemon, type ServiceParts, Services, sweeping, ticking } from './services.ts';
import { memoryForSim, type SimStoreFactory } from './sim-store.ts';
import { optionsOf } from './swarm.ts';
import type { Violation } from './violation.ts';
import { type Planted, type Story, World } from './world.ts';

export interface SimulateRequest {
  /** A whole number. The same seed with the same options is the same run, event by event. */
  readonly seed: number;
  /** Instead of what the seed draws; all of them, as a failure prints them, instead of all that it draws. */
  readonly options?: Partial<SimOptions>;
  /** Default: core's memory store. */
  readonly store?: SimStoreFactory;
  /** Default: workers that do all that workers have been seen to do. */
  readonly story?: Story;
  /** Something else in the place of the real thing. */
  readonly planted?: Planted;
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

/** Where a resource lets one attempt run at a time, that takes longer. */
const PATIENCE_FOR_RESOURCES = 4 * PATIENCE;

/** Longer than anybody leaves a labourer alone that was refused, or waits for an answer that never comes. */
const LONGEST_HOLD = 125_000;

/** A call that took the slowest way, twice, before a copy of it went astray. */
const LONGEST_WAY = 200_000;

/** In the calm a task is done so soon, beside what ticks and polls take: refused once, and then put off for a second. */
const PROMPT = 10_000;

/** And what was stopped, within so long: a round that is under way may wait a minute for an answer that never comes, several times over. */
const STOP_PATIENCE = 10 * 60_000;

/**
 * Plays one seed: a safety phase with faults, in which nothing may ever be wrong, then one without, in which everything has to end. All
 * time is virtual. One run at a time in a process.
 */
export const simulate = async ({ seed, options, store = memoryForSim, story = {}, planted = {} }: SimulateRequest): Promise<SimReport> => {
  const chosen = optionsOf(seed, options, story.task !== undefined);
  const world = new World({ seed, options: chosen, store, story, planted });
  const onRejection = (error: unknown): void => world.violations.add('rejection', `nobody took ${String(error)}`);
  process.on('unhandledRejection', onRejection);
  try {
    await world.start();
    await play(world);
  } catch (error) {
    // Thrown past all that is simulated: by the store when it is looked at in the end, or by a story.
    world.violations.add('own', error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    process.off('unhandledRejection', onRejection);
  }
  const report = reportOf(world);
  await world.close();
  return report;
};

const play = async (world: World): Promise<void> => {
  const { scheduler, options, violations } = world;
  const begin: EpochMs = scheduler.now();
  const orders = new Orders(world);
  const services = new Services(world);
  place(world, services, orders);
  const chaos = new Chaos(world, services, orders);
  chaos.begin();
  await scheduler.run(() => world.isOver(), begin + options.safety);
  if (world.isOver()) return;

  world.enter('ending');
  chaos.reviveAll();
  await everythingEnds(world, orders);
  if (world.isOver()) return;
  await inTheCalm(world, orders);
  if (world.isOver()) return;
  const left = chaos.stopAll();
  await scheduler.run(() => world.isOver() || left() === 0, scheduler.now() + STOP_PATIENCE);
  if (world.isOver()) return;
  const lasting = (): string => world.nodes.flatMap(({ life, name }) => (life ? [name] : [])).join();
  violations.expect(left() === 0, 'stop', () => `these do not end: ${lasting()}`);
  await finalChecks(world, orders);
};

const everythingEnds = async (world: World, orders: Orders): Promise<void> => {
  const { scheduler, violations, witness } = world;
  const names = world.labourers.map(({ id }) => id);
  const unfollowed = (): readonly string[] => witness.model.outbox(names).map(({ id }) => id);
  const isDone = (): boolean =>
    orders.allConfirmed && witness.open.length === 0 && unfollowed().length === 0 && world.batches.open.length === 0;
  await scheduler.run(() => world.isOver() || isDone(), scheduler.now() + patienceOf(world));
  if (world.isOver() || isDone()) return;
  const open = witness.open.map(({ id, state, attempts }) => `${id} ${state} after ${attempts} attempts`);
  const left = unfollowed().map((id) => `what follows ${id}`);
  const unfinished = world.batches.open.map((id) => `the batch ${id}`);
  violations.add('ends', [...open, ...left, ...unfinished].join(', ') || 'not every task could be enqueued');
};

const patienceOf = ({ options, labourers }: World): Millis => {
  const { daemons, tasks, tickEvery, resources = {} } = options;
  if (Object.keys(resources).length > 0) return PATIENCE_FOR_RESOURCES;
  // With a cap of one and nobody but who ticks, each attempt waits for a tick: of each task, and of what follows it.
  const mostAttempts = Math.max(...labourers.map(({ maxAttempts }) => maxAttempts));
  return daemons > 0 ? PATIENCE : PATIENCE + 2 * tasks * mostAttempts * tickEvery;
};

/** When everybody is up, and nobody stands still, or leaves a labourer alone any more because of what was before. */
const inTheCalm = async (world: World, orders: Orders): Promise<void> => {
  const { scheduler, violations, witness, works } = world;
  const hasOwnWorkers = world.story.handlers !== undefined; // and then they may fail
  const rested = Math.max(scheduler.now(), ...world.nodes.map(({ pausedUntil }) => pausedUntil)) + LONGEST_HOLD;
  await scheduler.run(() => world.isOver(), rested);
  if (world.isOver()) return;
  if ((world.options.operations ?? 0) > 0) {
    // What an operator asked for and went astray may have queued a task again, once more.
    await scheduler.run(() => world.isOver(), scheduler.now() + LONGEST_WAY);
    await everythingEnds(world, orders);
    if (world.isOver()) return;
  }
  world.enter('calm');
  const late = await orders.fresh();
  const { tickEvery, pollEvery, ticking, daemons } = world.options;
  // With a cap of one a round starts one task, and each process is refused once.
  const rounds = (3 + ticking + daemons) * (world.labourers.some(({ draws }) => draws) ? 1 + late.length : 1);
  const limit = PROMPT + rounds * (tickEvery + pollEvery) + slowest(world, 2 + ticking + daemons);
  const isDone = (): boolean => witness.open.length === 0;
  await scheduler.run(() => world.isOver() || isDone(), scheduler.now() + limit);
  for (const id of late) {
    const { state, attempts } = witness.model.tasks.get(id) ?? witness.forgotten.get(id) ?? { state: 'gone', attempts: 0 };
    const started = works.startsOf(id);
    violations.expect(
      attempts > 0 && started === attempts && (hasOwnWorkers || state === 'completed' || state === 'dead'),
      'prompt',
      () => `in the calm, and after ${limit} ms, ${id} is ${state} after ${attempts} attempts, of which ${started} were started`,
    );
  }
};

/** How long it takes to start so many of each labourer, by its rate. */
const slowest = ({ labourers }: World, starts: number): number =>
  Math.max(
    0,
    ...labourers.flatMap(({ rate, ratePerKey }) => [rate, ratePerKey]).map((rate) => (rate ? (starts * rate.per) / rate.starts : 0)),
  );

const place = (world: World, services: Services, orders: Orders): void => {
  const { options } = world;
  const { operations = 0, followed = 0, batches = 0 } = options;
  const fleet = options.workers > 0 ? new RemoteFleet(world) : undefined;
  const parts: ServiceParts = { world, fleet };
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
  if (!isWhole(world.lineage.store)) return;
  if (operations > 0) services.place('operator', new Operations(world).service());
  if (followed > 0 || batches > 0) services.place('follower', following(world));
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
