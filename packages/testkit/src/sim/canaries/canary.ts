import { type Chance, type Clock, MemoryTaskStore, type Millis } from '@reeve/core';
import { verbsOf } from '../../mutants/twist.ts';
import type { Store, WholeStore } from '../../store/bench.ts';
import type { SimOptions } from '../options.ts';
import type { SimStoreFactory } from '../sim-store.ts';
import { type SimReport, simulate } from '../simulate.ts';
import { swarm } from '../swarm.ts';
import { unlimited } from '../swarm-limits.ts';
import type { Rule } from '../violation.ts';
import type { Planted } from '../world.ts';

/** A fault that some real system had, planted: a simulator that does not find it looks away. */
export interface Canary {
  /** What is wrong: "counts, then claims". */
  readonly name: string;
  /** Whose it was, where it was somebody's: "sosw 1". */
  readonly of?: string;
  /** Any of these is the right reason to fail. */
  readonly breaks: readonly Rule[];
  /** It has to be found within so many seeds. */
  readonly within: number;
  readonly store?: SimStoreFactory;
  readonly planted?: Planted;
  /** It is a fault of what labourers are limited by, of what is kept, or of batches: without it no run of it has any. */
  readonly limits?: true;
  /** What the fault needs to show at all. */
  readonly adjust?: (drawn: SimOptions) => Partial<SimOptions>;
}

export interface CanaryReport {
  /** The first seed that fails for a right reason. Undefined: it was not found. */
  readonly caught?: SimReport;
  /** How many seeds were played. */
  readonly seeds: number;
}

/** Plays one seed with the fault planted. */
export const playCanary = ({ store, planted, adjust, limits }: Canary, seed: number): Promise<SimReport> => {
  const all = swarm(seed);
  const drawn = limits ? all : { ...all, versions: unlimited(all.versions), resources: {}, batches: 0 };
  // A store of several steps cannot be played again up to some instant.
  const options = { ...drawn, rollback: 0, ...adjust?.(drawn) };
  return simulate({ seed, ...(store && { store }), ...(planted && { planted }), options });
};

/** @param from the first seed */
export const huntCanary = async (canary: Canary, from: number = 1): Promise<CanaryReport> => {
  for (let seeds = 1; seeds <= canary.within; seeds += 1) {
    const report = await playCanary(canary, from + seeds - 1);
    if (report.violations.some(({ rule }) => canary.breaks.includes(rule))) return { caught: report, seeds };
  }
  return { seeds: canary.within };
};

export interface PlantTools {
  readonly clock: Clock;
  readonly chance: Chance;
  /** Others have their turn: what a store of several steps leaves room for. */
  step(): Promise<void>;
}

/** Core's memory store with some verbs replaced. `exchange` is put together of the others. */
export const planting =
  (plant: (honest: WholeStore, tools: PlantTools) => Partial<WholeStore>): SimStoreFactory =>
  ({ clock, chance }) => {
    const honest = verbsOf(new MemoryTaskStore({ clock }));
    const step = (): Promise<void> => clock.sleep(chance.random() * STEP);
    const twisted: WholeStore = { ...honest, ...plant(honest, { clock, chance, step }) };
    const exchange: Store['exchange'] = async (verdicts, request) => {
      const outcomes = await twisted.settle(verdicts);
      return { outcomes, ...(await twisted.claim(request)) };
    };
    return { store: { ...twisted, exchange } };
  };

const STEP: Millis = 20;
