import { MINUTE, type Millis, SECOND } from '@reeve/core';
import { Stream } from '../sim/stream.ts';
import { database } from './models/database.ts';
import type { DownstreamModel } from './models/model.ts';
import { noisy } from './models/noisy.ts';
import { outage } from './models/outage.ts';
import { quota } from './models/quota.ts';
import type { RehearseRequest } from './request.ts';
import { exponential, lognormal, type Service } from './service.ts';

/** A downstream and the work that comes to it, drawn from a seed, for policies to be held against one another. */
export interface Scenario {
  readonly name: string;
  /** With a cap that is too high, as a careful guess is not: twice to eight times what the downstream can work at side by side. */
  readonly request: RehearseRequest;
  /** What the downstream can work at side by side: where the search for the best fixed cap begins. */
  readonly capacity: number;
}

const DURATION: Millis = 30 * MINUTE;
const KINDS = ['database', 'quota', 'outage', 'noisy'] as const;
const CARELESS = [2, 8] as const;

/** The n-th of them, from 1: kinds take turns, and everything else is drawn. */
export const scenario = (seed: number): Scenario => {
  const chance = new Stream(seed, 'scenario');
  const kind = KINDS[(seed - 1) % KINDS.length] ?? 'database';
  const capacity = Math.round(logarithmic(chance, 6, 48));
  const perSecond = logarithmic(chance, 5, 20);
  const mean = Math.round((SECOND * capacity) / perSecond);
  const { name, model } = modelOf(kind, chance, { capacity, perSecond });
  const [service, serviceName] = serviceOf(chance, mean);
  const [arrivals, arrivalsName] = arrivalsOf(seed, perSecond);
  return {
    capacity,
    name: `${name}; attempts of ${(mean / SECOND).toFixed(1)} s, ${serviceName}; ${arrivalsName}`,
    request: {
      policy: { maxSimultaneousInvocations: Math.round(logarithmic(chance, ...CARELESS) * capacity), maxAttempts: 100 },
      service,
      arrivals,
      downstream: model,
      duration: DURATION,
      seed,
    },
  };
};

interface Size {
  readonly capacity: number;
  readonly perSecond: number;
}

interface Named {
  readonly name: string;
  readonly model: DownstreamModel;
}

const modelOf = (kind: (typeof KINDS)[number], chance: Stream, { capacity, perSecond }: Size): Named => {
  if (kind === 'quota') return { name: `API of ${perSecond.toFixed(1)} calls/s`, model: quota({ perSecond }) };
  const contention = chance.random() / 100;
  const coherency = (chance.random() * 0.3) / capacity / capacity;
  const stored = { name: `database of ${capacity}`, model: database({ capacity, contention, coherency }) };
  if (kind === 'database') return stored;
  if (kind === 'noisy') {
    const sigma = 0.3 + chance.random() / 2;
    return { name: `${stored.name}, noise ${sigma.toFixed(2)}`, model: noisy(stored.model, sigma) };
  }
  const from = chance.between(10 * MINUTE, 15 * MINUTE);
  const length = chance.between(MINUTE, 3 * MINUTE);
  const recovery = chance.between(2 * MINUTE, 5 * MINUTE);
  const minutes = (time: Millis): string => (time / MINUTE).toFixed(1);
  return {
    name: `${stored.name}, down for ${minutes(length)} min, weak for ${minutes(recovery)}`,
    model: outage(stored.model, { from, to: from + length, recovery }),
  };
};

const serviceOf = (chance: Stream, mean: Millis): readonly [Service, string] =>
  chance.random() < 0.5 ? [exponential(mean), 'exponential'] : [lognormal({ median: mean * 0.88, sigma: 0.5 }), 'lognormal'];

/** Always more than the downstream can take; or in waves, from half of it to half as much again. */
const arrivalsOf = (seed: number, perSecond: number): readonly [RehearseRequest['arrivals'], string] =>
  Math.floor((seed - 1) / KINDS.length) % 2 === 0
    ? [1.2 * perSecond, 'always too much']
    : [(since) => perSecond * (1 + 0.5 * Math.sin((2 * Math.PI * since) / WAVE)), 'in waves'];

const WAVE: Millis = 15 * MINUTE;

const logarithmic = (chance: Stream, least: number, most: number): number => least * (most / least) ** chance.random();
