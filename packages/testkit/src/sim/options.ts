import type { LabourerDefinitions, Millis } from '@reeve/core';
import type { InvokerFaults } from '../faults/faulty-invoker.ts';
import type { StoreFaults } from '../faults/store-faults.ts';

/**
 * What a worker does with an attempt.
 * - `quick`     returns at once
 * - `steady`    works for a part of its time and returns
 * - `failing`   throws
 * - `hopeless`  throws what no further attempt can help
 * - `later`     throws, and says when to try again
 * - `long`      works longer than its time, with heartbeats
 * - `late`      works longer than its lease without one, and stops when it is told to
 * - `deaf`      as `late`, and does not listen: it reports after the lease is over
 * - `hung`      never ends
 * - `deadly`    its process crashes
 */
export type Play = 'quick' | 'steady' | 'failing' | 'hopeless' | 'later' | 'long' | 'late' | 'deaf' | 'hung' | 'deadly';

/** Mean times between two of a kind at one node, in milliseconds; 0 for never. */
export interface NodeFaults {
  readonly crash: Millis;
  /** Stops gracefully, and is started again. */
  readonly stop: Millis;
  /** Stands still for up to `pauseFor`. */
  readonly pause: Millis;
  readonly pauseFor: Millis;
  /** The clock is set to another time, up to `skew` off. */
  readonly jump: Millis;
  /** How far clocks are off, at most. */
  readonly skew: Millis;
}

/** How health behaves: none is looked at, it goes up and down, or providers throw and hang as well. */
export type Weather = 'none' | 'changing' | 'stormy';

/** All that a run depends on besides its seed: plain data, printed with every failure and made smaller by `shrink`. */
export interface SimOptions {
  /** The labourers as one version of the program defines them. With several, nodes start with one or another: a rollout. */
  readonly versions: readonly LabourerDefinitions[];
  /** Tasks that producers enqueue during the first two thirds of the safety phase. */
  readonly tasks: number;
  /** How many nodes of each kind. Without `workers` all work is done in the process that claimed it. */
  readonly ticking: number;
  readonly daemons: number;
  readonly scavengers: number;
  readonly producers: number;
  readonly workers: number;
  /** How long faults are dealt. After it everything has to come to its end. */
  readonly safety: Millis;
  readonly tickEvery: Millis;
  readonly pollEvery: Millis;
  readonly sweepEvery: Millis;
  /** What the invokers say of themselves; 0 for nothing. */
  readonly parallelism: number;
  readonly exchangesAtOnce: number;
  readonly weather: Weather;
  /** Reports that are sent again much later, and forged ones: so many. */
  readonly meddling: number;
  readonly store: StoreFaults;
  readonly invoker: InvokerFaults;
  readonly node: NodeFaults;
  /** How often workers do what. */
  readonly plays: Readonly<Record<Play, number>>;
  /** How often the store fails over to a copy that lags, up to `rollbackBy`: a mean time, 0 for never. */
  readonly rollback: Millis;
  readonly rollbackBy: Millis;
  /** The share of tasks that have a priority, run out of time if nobody starts them, and have something follow. Absent: 0. */
  readonly urgent?: number;
  readonly hasty?: number;
  readonly followed?: number;
  /** The share of tasks that have a key, for labourers with `perKey`. Absent: 0. */
  readonly keyed?: number;
  /** Things that an operator does to tasks and to entries of a register while faults are dealt. Absent: 0. */
  readonly operations?: number;
  /** What labourers with `draws` draw on: units by the name of a resource. Absent: nothing. */
  readonly resources?: Readonly<Record<string, number>>;
  /** Batches that producers enqueue beside the tasks. Absent: 0. */
  readonly batches?: number;
}
