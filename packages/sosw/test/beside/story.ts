import { CountingChance } from '@reeve/testkit';
import type { Row } from '../../src/dynamodb/reads.ts';
import type { TestServer } from '../fixtures/installation.ts';
import { LEASE, openTown, type Run, type Town } from './town.ts';

export const CAPS: Readonly<Record<string, number>> = { mill: 3, press: 1 };
const STEP = 60_000;
/** Steps of the last phase in which tasks still come in. */
const LAST_TASKS = 4;

/** Who works in a step of the change. */
export interface Phase {
  readonly name: string;
  readonly sosw: boolean;
  readonly soswScavenger: boolean;
  readonly reeve: boolean;
  /** Minutes; the last phase ends sooner if all is done. */
  readonly steps: number;
}

export interface Told {
  /** By id: whether its first worker never reports. */
  readonly created: ReadonlyMap<string, boolean>;
  readonly runs: readonly Run[];
  /** By id: as what it is closed. */
  readonly closed: ReadonlyMap<string | undefined, string | undefined>;
  /** What is neither closed nor Reeve's own. */
  readonly left: readonly Row[];
  /** How many run right after a step's tasks were started. */
  readonly live: readonly { readonly phase: string; readonly running: Readonly<Record<string, number>> }[];
}

/** The workers, whoever started them: they take up to three minutes, and report to the assistant that they know. */
class Workers {
  readonly created = new Map<string, boolean>();
  readonly done = new Set<string>();
  readonly #town: Town;
  readonly #open: Run[] = [];
  #seen = 0;

  constructor(town: Town) {
    this.#town = town;
  }

  begin(): void {
    const { runs } = this.#town;
    this.#open.push(...runs.slice(this.#seen));
    this.#seen = runs.length;
  }

  /** @param random what ends now: from 0 all that may, to 1 */
  ended(random: () => number): readonly Run[] {
    const { runs, clock } = this.#town;
    const isSilent = (run: Run): boolean => this.created.get(run.id) === true && runs.find(({ id }) => id === run.id) === run;
    const over = this.#open.filter((run) => !isSilent(run) && clock.now() - run.startedAt >= 3 * STEP * random());
    for (const run of over) this.#open.splice(this.#open.indexOf(run), 1);
    return over;
  }

  /** Those of a lease that is over count no more, for sosw as for Reeve. */
  running(labourer: string): number {
    return this.#open.filter((run) => run.labourer === labourer && run.startedAt + LEASE > this.#town.clock.now()).length;
  }
}

export const tellStory = async (server: TestServer, phases: readonly Phase[], seed: number): Promise<Told> => {
  const town = await openTown(server, CAPS);
  const { clock, runs, tables } = town;
  const chance = new CountingChance(seed * 7_919);
  const random = (): number => chance.random();
  const sosw = town.sosw();
  const reeve = town.reeve();
  const workers = new Workers(town);
  const { created, done } = workers;
  const live: Told['live'][number][] = [];
  const left = async (): Promise<readonly Row[]> => [
    ...(await town.rows(tables.tasks)).filter((row) => row['labourer_id'] && row['greenfield']),
    ...(await town.rows(tables.retry)),
  ];
  const step = async (phase: Phase, isEnding: boolean): Promise<void> => {
    for (let n = 0; n < 2 && !isEnding; n += 1) {
      const labourer = random() < 0.7 ? 'mill' : 'press';
      const id = `${labourer}-${created.size}`;
      created.set(id, labourer === 'mill' && random() < 0.1);
      await sosw.create(labourer, id);
    }
    if (phase.reeve) await town.settle(reeve);
    // At the same time: whoever marks a task first has it.
    await Promise.all([phase.sosw ? sosw.orchestrate() : undefined, phase.reeve ? reeve.tick() : undefined]);
    workers.begin();
    live.push({ phase: phase.name, running: Object.fromEntries(Object.keys(CAPS).map((each) => [each, workers.running(each)])) });
    for (const { id } of workers.ended(random)) {
      done.add(id);
      await sosw.assist(id); // the Python workers and their assistant stay as they are
    }
    if (phase.soswScavenger) await sosw.scavenge();
    await clock.advance(isEnding ? 4 * STEP : STEP);
  };
  for (const [at, phase] of phases.entries()) {
    const isLast = at === phases.length - 1;
    for (let n = 0; n < phase.steps; n += 1) {
      await step(phase, isLast && n >= LAST_TASKS);
      if (isLast && n >= LAST_TASKS && done.size === created.size && (await left()).length === 0) break;
    }
  }
  const closed = new Map((await town.rows(tables.closed)).map((row) => [row['task_id']?.S, row['labourer_id_task_status']?.S]));
  const told = { created, runs, closed, left: await left(), live };
  await town.close();
  return told;
};
