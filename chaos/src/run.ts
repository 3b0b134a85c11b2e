import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@reeve/test-servers';
import { CountingChance } from '@reeve/testkit';
import { check, type Findings } from './check/check.ts';
import { Crew } from './crew/crew.ts';
import type { History } from './history/history.ts';
import { instant } from './history/line.ts';
import type { Options } from './options.ts';
import { Pace } from './pace.ts';
import { drive } from './plan/driver.ts';
import { type FaultName, planOf } from './plan/plan.ts';
import { STAGES } from './stages/index.ts';
import { Watch } from './watch.ts';
import { CAPS } from './work.ts';

/** What recovery may take besides the lease, in milliseconds. */
const PATIENCE = 5_000;
const POLL = 100;

export interface Outcome {
  readonly store: string;
  readonly about: string;
  readonly options: Omit<Options, 'json' | 'keep'>;
  /** In seconds: all of it, and from the last fault to the end of the work. */
  readonly took: number;
  readonly finish: number | undefined;
  readonly processes: number;
  readonly kills: number;
  readonly episodes: Readonly<Record<string, number>>;
  /** What the proxy did, by the kind of toxic. */
  readonly hits: Readonly<Record<string, number>>;
  readonly findings: Findings;
}

/** One run: server, proxy, processes, faults, and what the history of it proves. */
export const runChaos = async (options: Options, folder: string, say: (text: string) => void): Promise<Outcome> => {
  const { store, seed, tasks, lease, workers, length } = options;
  const chance = new CountingChance(seed);
  const random = (): number => chance.random();
  const began = instant();
  const data = join(folder, 'data');
  const logs = join(folder, 'logs');
  for (const each of [data, logs]) mkdirSync(each, { recursive: true });
  const stage = await STAGES[store]!({ folder: data, tasks, random });
  const faults = (['storm', 'kill', 'pause', ...Object.keys(stage.faults)] as FaultName[]).filter(
    (each) => options.only.length === 0 || options.only.includes(each),
  );
  const plan = planOf({
    chance: new CountingChance(seed),
    length,
    lease,
    faults,
    killEvery: options.killEvery,
    calm: options.calm,
    quiet: lease + PATIENCE,
  });
  const calls = Math.ceil(tasks / options.batch);
  const crew = new Crew({
    folder: logs,
    store: stage.store,
    lease,
    workers,
    hands: await Promise.all(Array.from({ length: options.hands }, () => freePort())),
    tasks,
    batch: options.batch,
    every: Math.floor((0.7 * length) / calls),
  });
  const drop = (): void => crew.drop();
  process.once('exit', drop);
  const watch = new Watch(stage.direct, lease);
  const over = new AbortController();
  const pace = new Pace();
  try {
    say(
      `${store}: ${stage.about}; ${tasks} tasks, ${workers} processes that orchestrate and ${options.hands} that only work, ${plan.episodes.length} faults, ${plan.kills.length} kills, seed ${seed}`,
    );
    const prepared = await watch.census(); // makes tables and schema before all the others want to
    say(`${prepared.length} labourers, ready after ${Math.round(instant() - began)} ms`);
    crew.start();
    const sampling = watch.sample(over.signal);
    const driven = await drive({ plan, stage, crew, pace, random, say });
    const faultsOver = instant();
    say(`faults over after ${Math.round((faultsOver - began) / 1_000)} s`);
    const ended = waitForEnd(watch, crew, pace, pace.now() + options.finish);
    const neglected = countNeglected(watch, pace.until(pace.now() + lease + PATIENCE), ended);
    const doneAt = await ended;
    const missed = await neglected;
    // Nobody is at work any more: a list of a store in which tasks go from state to state would miss some and show others twice.
    const processes = await crew.end();
    const history: History = {
      tasks,
      caps: CAPS,
      lease,
      patience: PATIENCE,
      faults: driven.faults,
      faultsOver,
      neglected: missed,
      records: await watch.records(),
      samples: watch.samples,
      processes: [...processes, { name: 'parent', lines: pace.lags, goneAt: instant(), paused: [] }],
      ...(doneAt !== undefined && { doneAt }),
    };
    over.abort();
    await sampling;
    say('checking');
    const { json: _, keep: __, ...said } = options;
    return {
      store,
      about: stage.about,
      options: said,
      took: (instant() - began) / 1_000,
      finish: doneAt === undefined ? undefined : (doneAt - faultsOver) / 1_000,
      processes: crew.ended,
      kills: driven.kills,
      episodes: countsOf(driven.faults.map(({ name }) => name)),
      hits: Object.fromEntries(Object.entries(stage.proxy?.hits ?? {}).filter(([, times]) => times > 0)),
      findings: check(history),
    };
  } finally {
    over.abort();
    process.off('exit', drop);
    crew.drop();
    await watch.close().catch(() => {});
    await stage.close();
  }
};

/** @returns when nothing was left to do; `undefined`: it did not come to that in time */
const waitForEnd = async (watch: Watch, crew: Crew, pace: Pace, deadline: number): Promise<number | undefined> => {
  while (pace.now() < deadline) {
    const counts = await watch.census().catch(() => undefined);
    const left = counts?.reduce((sum, { due, waiting, running, expired }) => sum + due + waiting + running + expired, 0);
    if (left === 0 && crew.hasEnqueued) return instant();
    await sleep(POLL);
  }
  return undefined;
};

/** Expired leases that are still there when there was time enough to take care of them. None, if all was done before. */
const countNeglected = async (watch: Watch, due: Promise<void>, ended: Promise<number | undefined>): Promise<number> => {
  const early = await Promise.race([ended, due.then(() => 'late' as const)]);
  if (early !== 'late') return 0;
  const counts = await watch.census();
  return counts.reduce((sum, { expired }) => sum + expired, 0);
};

export const countsOf = (names: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const each of names) counts[each] = (counts[each] ?? 0) + 1;
  return counts;
};
