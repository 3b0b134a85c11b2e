import { parseArgs } from 'node:util';
import type { Millis } from '@reeve/core';
import { STAGES } from './stages/index.ts';

export interface Options {
  readonly store: string;
  readonly seed: number;
  readonly tasks: number;
  /** How long there are faults. */
  readonly length: Millis;
  readonly lease: Millis;
  readonly workers: number;
  readonly hands: number;
  /** Between two kills outside storms, and between two faults: the mean. */
  readonly killEvery: Millis;
  readonly calm: Millis;
  /** Tasks in one call of the producer. */
  readonly batch: number;
  /** The longest that the work may go on after the faults. */
  readonly finish: Millis;
  /** Faults, by name. None: all that the store can have. */
  readonly only: readonly string[];
  readonly json: string | undefined;
  /** Leaves data and logs where they are. */
  readonly keep: boolean;
}

export const USAGE: string = `npm run chaos -- --store <${Object.keys(STAGES).join('|')}>
  --minutes 10      how long there are faults
  --tasks 100000    enqueued over seven tenths of that time
  --seed 1          of the plan, and of all that is drawn
  --workers 5       processes that orchestrate and work
  --hands 2         processes that only work, and report by themselves
  --lease 8000      milliseconds
  --kill-every 3000 --calm 2500   means between kills outside storms, and between faults, in milliseconds
  --finish 30       minutes that the work may go on after the faults: more comes than a slow store can do meanwhile
  --only a,b        faults by name: storm, pause, restart and so on
  --json file       all figures
  --keep            leaves data and logs where they are`;

/** @throws Error that says what is wrong with the call */
export const optionsOf = (args: readonly string[]): Options => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ store: text, minutes: text, tasks: text, seed: text, workers: text, hands: text, lease: text, 'kill-every': text, calm: text },
      ...{ batch: text, finish: text, only: text, json: text, keep: { type: 'boolean' } },
    },
  });
  const number = (
    name: 'minutes' | 'tasks' | 'seed' | 'workers' | 'hands' | 'lease' | 'kill-every' | 'calm' | 'batch' | 'finish',
    otherwise: number,
  ): number => {
    const given = values[name];
    const read = given === undefined ? otherwise : Number(given);
    if (Number.isFinite(read) && read > 0) return read;
    throw new Error(`--${name} ${given} is no number above 0`);
  };
  const { store = '' } = values;
  if (!(store in STAGES)) throw new Error(`--store ${store} is none of ${Object.keys(STAGES).join(', ')}`);
  return {
    store,
    seed: number('seed', 1),
    tasks: Math.round(number('tasks', 100_000)),
    length: number('minutes', 10) * 60_000,
    lease: number('lease', 8_000),
    workers: Math.round(number('workers', 5)),
    hands: Math.round(number('hands', 2)),
    killEvery: number('kill-every', 3_000),
    calm: number('calm', 2_500),
    batch: Math.round(number('batch', 50)),
    finish: number('finish', 30) * 60_000,
    only: (values.only ?? '').split(',').filter((each) => each !== ''),
    json: values.json,
    keep: values.keep ?? false,
  };
};
