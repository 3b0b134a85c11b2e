import type { LabourerDefinition, LabourerDefinitions } from '@reeve/core';
import type { InvokerFaults } from '../faults/faulty-invoker.ts';
import type { StoreFaults } from '../faults/store-faults.ts';
import type { NodeFaults, Play, SimOptions } from './options.ts';
import { Stream } from './stream.ts';
import { keptForEver, limitsDrawn, withLimits } from './swarm-limits.ts';

/**
 * Draws the options of a seed. Each fault is switched off altogether in about half of the seeds, and as strong as may be in some: a mix of
 * everything at once hides what only shows where one thing happens and another does not ("swarm testing", Alex Groce and others,
 * ISSTA 2012).
 */
export const swarm = (seed: number): SimOptions => {
  const draw = new Stream(seed, 'swarm');
  /** 0, or up to the most, small values more often. */
  const rate = (most: number, off = 0.5): number => (draw.happens(off) ? 0 : round(most * draw.random() ** 2));
  const mean = (least: number, most: number, off = 0.5): number => (draw.happens(off) ? 0 : draw.between(least, most));
  const versions = withLimits(seed, withKeys(seed, versionsOf(draw)));
  const workers = draw.happens(0.5) ? draw.between(1, 3) : 0;
  const daemons = draw.between(0, 2);
  return {
    versions,
    tasks: draw.between(3, 24),
    ticking: daemons === 0 ? draw.between(1, 3) : draw.between(0, 2),
    daemons,
    scavengers: draw.between(1, 2),
    producers: draw.between(1, 2),
    workers,
    safety: draw.between(20, 90) * 1_000,
    tickEvery: draw.between(2, 15) * 1_000,
    pollEvery: draw.between(5, 40) * 100,
    sweepEvery: draw.between(3, 12) * 1_000,
    parallelism: draw.happens(0.7) ? 0 : draw.between(1, 3),
    exchangesAtOnce: draw.happens(0.5) ? 1 : 2,
    weather: draw.pick(['none', 'none', 'changing', 'stormy']),
    meddling: draw.happens(0.5) ? 0 : draw.between(1, 6),
    store: storeFaults(draw, rate),
    invoker: invokerFaults(rate),
    node: nodeFaults(draw, mean),
    plays: playsOf(draw, rate),
    rollback: mean(20_000, 60_000, 0.9),
    rollbackBy: draw.between(1, 5_000),
    ...latelyAdded(seed),
  };
};

/** From a source of its own, so that a seed draws for the rest what it always did. */
const latelyAdded = (seed: number): Required<Pick<SimOptions, keyof typeof NOTHING_ADDED>> => {
  const draw = new Stream(seed, 'swarm-operator');
  const share = (most: number): number => (draw.happens(0.5) ? 0 : round(most * draw.random()));
  return {
    urgent: share(1),
    hasty: share(0.5),
    followed: share(1),
    operations: draw.happens(0.5) ? 0 : draw.between(1, 16),
    keyed: share(1),
    ...limitsDrawn(seed),
  };
};

const NOTHING_ADDED = { urgent: 0, hasty: 0, followed: 0, operations: 0, keyed: 0, resources: {}, batches: 0 } as const;

/** Some labourers limit how many of a key run, now and then another number in each version, or none. From a source of its own as well. */
const withKeys = (seed: number, versions: readonly LabourerDefinitions[]): readonly LabourerDefinitions[] => {
  const draw = new Stream(seed, 'swarm-keys');
  const drawn = (): number => (draw.happens(0.5) ? 0 : draw.between(1, 3));
  const first = new Map(Object.keys(versions[0] ?? {}).map((name) => [name, drawn()]));
  return versions.map((version, n) =>
    Object.fromEntries(
      Object.entries(version).map(([name, definition]) => {
        const perKey = n > 0 && draw.happens(0.4) ? drawn() : (first.get(name) ?? 0);
        return [name, { ...definition, ...(perKey > 0 && { perKey }) }];
      }),
    ),
  );
};

/**
 * What is not given is drawn. But options that say all that every run has, as a failure prints them, are taken as they are: what they do
 * not name was not there when they were written down. And nobody takes tasks of a user's own away,
 * or adds any, unless it is asked for.
 */
export const optionsOf = (seed: number, given: Partial<SimOptions> = {}, hasOwnTasks = false): SimOptions => {
  const added = latelyAdded(seed);
  const drawn = swarm(seed);
  const isAll = Object.keys(drawn).every((name) => name in given || name in added);
  const forOwn = { ...NOTHING_ADDED, urgent: drawn.urgent ?? 0, resources: drawn.resources ?? {}, versions: keptForEver(drawn.versions) };
  return { ...drawn, ...(hasOwnTasks && forOwn), ...(isAll && NOTHING_ADDED), ...given };
};

type Rate = (most: number, off?: number) => number;

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

const storeFaults = (draw: Stream, rate: Rate): StoreFaults => ({
  errorBefore: rate(0.3),
  errorAfter: rate(0.3),
  silenceBefore: rate(0.05, 0.7),
  silenceAfter: rate(0.05, 0.7),
  again: rate(0.2),
  late: rate(0.1),
  partial: rate(0.3),
  throttle: rate(0.05, 0.7),
  throttleFor: draw.between(500, 8_000),
  stale: rate(0.8),
  staleFor: draw.between(500, 30_000),
  delay: [1, draw.pick([1, 5, 20, 100, 1_000])],
  slow: rate(0.05, 0.7),
});

const invokerFaults = (rate: Rate): InvokerFaults => ({
  refused: rate(0.4),
  lostBefore: rate(0.3),
  lostAfter: rate(0.3),
  silent: rate(0.1, 0.7),
  dropped: rate(0.3),
  again: rate(0.4),
  late: rate(0.3),
  lateBy: 40_000,
});

const nodeFaults = (draw: Stream, mean: (least: number, most: number, off?: number) => number): NodeFaults => ({
  crash: mean(5_000, 60_000),
  stop: mean(5_000, 60_000, 0.6),
  pause: mean(5_000, 60_000),
  pauseFor: draw.pick([500, 5_000, 20_000, 40_000]),
  jump: mean(10_000, 60_000, 0.7),
  skew: draw.pick([0, 0, 1_000, 45_000, 3_600_000]),
});

const playsOf = (draw: Stream, rate: Rate): Readonly<Record<Play, number>> => ({
  quick: 0.5,
  steady: round(draw.random()),
  failing: rate(1),
  hopeless: rate(0.3),
  later: rate(0.5),
  long: rate(0.8),
  late: rate(0.8),
  deaf: rate(0.8),
  hung: rate(0.3, 0.7),
  deadly: rate(0.2, 0.7),
});

const NAMES = ['mill', 'forge', 'barn'] as const;

const versionsOf = (draw: Stream): readonly LabourerDefinitions[] => {
  const names = NAMES.slice(0, draw.between(1, NAMES.length));
  const first = Object.fromEntries(names.map((name) => [name, definitionOf(draw)]));
  if (!draw.happens(0.25)) return [first];
  // A rollout: one setting of each labourer changes.
  const second = names.map((name): [string, LabourerDefinition] => {
    const before = first[name] as LabourerDefinition;
    return [name, { ...before, ...draw.pick([{ maxSimultaneousInvocations: draw.between(1, 5) }, { maxAttempts: draw.between(1, 4) }]) }];
  });
  return [first, Object.fromEntries(second)];
};

const definitionOf = (draw: Stream): LabourerDefinition => ({
  // Now and then so many that a daemon shares them out over two exchanges.
  maxSimultaneousInvocations: draw.happens(0.15) ? 16 : draw.between(1, 4),
  lease: { duration: draw.between(2, 15) * 1_000, cooldown: draw.between(1, 5) * 1_000 },
  maxAttempts: draw.between(1, 4),
  retry: draw.happens(0.5)
    ? { kind: 'exponential', base: 500, limit: draw.between(1, 10) * 1_000 }
    : { kind: 'linear', step: draw.between(1, 5) * 1_000, limit: 10_000 },
});
